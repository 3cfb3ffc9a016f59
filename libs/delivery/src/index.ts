export * from './chat-messages.js';
export * from './redis-bayeux-engine.js';
export * from './wake-channels.js';
