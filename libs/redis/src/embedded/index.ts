export * from './embedded-redis.js';
export * from './embedded-redis-error.js';
export * from './free-port.js';
export * from './redis-binary.js';
export * from './redis-process.js';
export * from './running-process.js';
