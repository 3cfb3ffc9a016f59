export * from './dead-letters.js';
export * from './outbound-queues.js';
