export * from './agent-messages.js';
export { type ChatIdentity, customerForm, type IdentityOf } from './chat-messages.js';
export * from './message-form.js';
export * from './redis-bayeux-engine.js';
export * from './user-chats.js';
export * from './wake-channels.js';
