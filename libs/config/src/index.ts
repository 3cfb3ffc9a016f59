export * from './read-settings.js';
export * from './service-definition.js';
export type { Settings } from './settings.js';
