export * from './correlation-id.js';
export * from './health/health.controller.js';
export * from './health/readiness.js';
export * from './logger.js';
export * from './masking.js';
export * from './metrics.js';
export * from './pino-nest-logger.js';
