export { type BusinessHours, isOpenAt, type OpenSpan, type Weekday } from './business-hours.js';
export * from './read-settings.js';
export { isSkillName, PRIORITY_RANGE, type RoutingOptions } from './routing-options.js';
export * from './service-definition.js';
export type { Settings } from './settings.js';
