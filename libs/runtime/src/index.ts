export * from './connections.js';
export * from './service-store.js';
