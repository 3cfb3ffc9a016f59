export * from './connection.js';
export * from './embedded/index.js';
export * from './keys.js';
export * from './redis-clock.js';
export * from './redis-failure.js';
export * from './retry.js';
export * from './script.js';
export * from './topology.js';
