export * from './bayeux-server.js';
export * from './engine.js';
export type { HttpExchange } from './http-transport.js';
export { type BayeuxLimits, DEFAULT_LIMITS } from './limits.js';
export { MemoryEngine } from './memory-engine.js';
export { type BayeuxOptions, type ConnectionType, DEFAULT_OPTIONS } from './options.js';
export type { BayeuxTime } from './time.js';
