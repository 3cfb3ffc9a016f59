import type { Fields } from './definition-fields.js';

/** A time of the day in minutes from midnight; one that ends before it begins ends on the next day. */
export interface OpenSpan {
  readonly fromMin: number;
  readonly toMin: number;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** When a service has agents, by the clocks on the wall of one place. */
export interface BusinessHours {
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  readonly days: Readonly<Partial<Record<Weekday, readonly OpenSpan[]>>>;
  /** Days as `YYYY-MM-DD` on which no span begins. */
  readonly holidays: readonly string[];
}

const DAY_MIN = 1_440;
const SPAN = /^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a time zone that nobody knows */
const clockOf = (timeZone: string): Intl.DateTimeFormat => {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, hourCycle: 'h23', weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit' },
    });
    clocks.set(timeZone, clock);
  }
  return clock;
};

/** What clocks and calendars show at a place. */
interface WallTime {
  readonly date: string;
  readonly weekday: Weekday;
  readonly minute: number;
}

const wallTimeAt = (timeZone: string, ms: number): WallTime => {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of clockOf(timeZone).formatToParts(ms)) parts[type] = value;
  const { year = '', month = '', day = '', weekday = '', hour = '', minute = '' } = parts;
  return {
    date: `${year.padStart(4, '0')}-${month}-${day}`,
    weekday: weekday.toLowerCase() as Weekday,
    minute: Number(hour) * 60 + Number(minute),
  };
};

/** The calendar day before: of a date alone, which no time zone and no clock change touches. */
const dayBefore = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) - DAY_MIN * 60_000).toISOString().slice(0, 10);

const weekdayBefore = (weekday: Weekday): Weekday => WEEKDAYS[(WEEKDAYS.indexOf(weekday) + 6) % 7] ?? weekday;

/** Whether a moment lies within business hours. Absent hours never close. @param ms - since 1970, UTC */
export const isOpenAt = (hours: BusinessHours | undefined, ms: number): boolean => {
  if (hours === undefined) return true;
  const { timeZone, days, holidays } = hours;
  const { date, weekday, minute } = wallTimeAt(timeZone, ms);
  const today = holidays.includes(date) ? [] : (days[weekday] ?? []);
  if (today.some(({ fromMin, toMin }) => minute >= fromMin && (minute < toMin || toMin <= fromMin))) return true;
  // What began yesterday may end today.
  const yesterday = holidays.includes(dayBefore(date)) ? [] : (days[weekdayBefore(weekday)] ?? []);
  return yesterday.some(({ fromMin, toMin }) => toMin <= fromMin && minute < toMin);
};

const minutesOf = (hour: string | undefined, minute: string | undefined): number | undefined => {
  const total = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && total <= DAY_MIN ? total : undefined;
};

const spanOf = (text: string): OpenSpan | undefined => {
  const [, fromHour, fromMinute, toHour, toMinute] = SPAN.exec(text.trim()) ?? [];
  const fromMin = minutesOf(fromHour, fromMinute);
  const toMin = minutesOf(toHour, toMinute);
  if (fromMin === undefined || toMin === undefined || fromMin === DAY_MIN || fromMin === toMin) return undefined;
  return { fromMin, toMin };
};

const readDay = (fields: Fields, weekday: Weekday): readonly OpenSpan[] => {
  const text = fields.text(weekday, '');
  if (text.trim() === '') return [];
  return text.split(',').map((part) => {
    return spanOf(part) ?? fields.refuse(weekday, 'times such as "08:00-12:00, 13:00-18:00"', text);
  });
};

const isTimeZone = (name: string): boolean => {
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
};

const isDate = (text: string): boolean => {
  if (!DATE.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
};

/** @throws SettingsError naming the path */
export const readBusinessHours = (fields: Fields): BusinessHours => {
  const timeZone = fields.text('time_zone', 'UTC');
  if (!isTimeZone(timeZone)) fields.refuse('time_zone', 'an IANA time zone such as Europe/Berlin', timeZone);
  const dayFields = fields.mapping('days');
  const days = Object.fromEntries(WEEKDAYS.map((weekday) => [weekday, readDay(dayFields, weekday)] as const));
  dayFields.done();
  const holidays = fields.texts('holidays');
  const wrong = holidays.find((date) => !isDate(date));
  if (wrong !== undefined) fields.refuse('holidays', 'days such as "2026-12-25"', wrong);
  fields.done();
  return { timeZone, days, holidays };
};
