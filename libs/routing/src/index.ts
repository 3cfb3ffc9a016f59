export * from './redis-routing-table.js';
export * from './routing-table.js';
