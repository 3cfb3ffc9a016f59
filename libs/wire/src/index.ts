export * from './reply/chat-reply.js';
export * from './reply/service-reply.js';
export * from './reply/verbose-fields.js';
export * from './request/index.js';
export * from './stored/service-event-codec.js';
export * from './stored/transcript-line.js';
