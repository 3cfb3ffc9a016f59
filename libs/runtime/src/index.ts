export * from './connections.js';
export * from './durability-check.js';
export * from './service-store.js';
export * from './user-data.js';
export * from './process-life.js';
export * from './breakpoint.js';
