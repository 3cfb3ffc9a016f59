import type { Parameters } from './parameters.js';
import { readWholeNumber } from './typed-value.js';

export const TIME_ZONE_NAMES = ['clientTimeZoneOffset', 'TimeZone'] as const;

/** A day, in minutes. */
const OFFSET_MAX_MIN = 1_440;

/** The customer's time zone in minutes, as the application counts them. */
export const readTimeZoneOffset = (parameters: Parameters): number | undefined =>
  readWholeNumber(parameters, TIME_ZONE_NAMES, {
    min: -OFFSET_MAX_MIN,
    max: OFFSET_MAX_MIN,
    expected: `a whole number of minutes from -${OFFSET_MAX_MIN} to ${OFFSET_MAX_MIN}`,
  });
