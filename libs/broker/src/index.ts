export * from './feed-exception.filter.js';
export * from './feed-failure.js';
export * from './feed-options.js';
export * from './feed-server.js';
export * from './service-changed.js';
export * from './feed-dead-letters.js';
