import fc from 'fast-check';
import { type BusinessHours, isOpenAt } from './business-hours.js';
import { readServiceDefinition } from './service-definition.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WORKDAY = [{ fromMin: 8 * 60, toMin: 18 * 60 }];
const ALL_DAYS = { mon: WORKDAY, tue: WORKDAY, wed: WORKDAY, thu: WORKDAY, fri: WORKDAY, sat: WORKDAY, sun: WORKDAY };
const ZONES = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Chatham'],
  ...['Pacific/Kiritimati', 'America/St_Johns'],
];

const at = (text: string): number => Date.parse(text);
const berlin = (days: BusinessHours['days'], holidays: readonly string[] = []): BusinessHours => ({
  ...{ timeZone: 'Europe/Berlin', days, holidays },
});

const refusal = (yaml: string): string => {
  try {
    readServiceDefinition('chat.yaml', `name: chat\nkind: advanced\nlogic: chat\noptions:\n  _business_hours: ${yaml}`);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

const read = (yaml: string): BusinessHours | undefined =>
  readServiceDefinition('chat.yaml', `name: chat\nkind: advanced\nlogic: chat\noptions:\n  _business_hours: ${yaml}`)
    .options.businessHours;

describe('business hours', () => {
  it('are always, where none are given', () => {
    expect(isOpenAt(undefined, 0)).toBe(true);
  });

  it('begin with their first minute and end before their last', () => {
    // A Wednesday in summer: two hours ahead of UTC.
    const hours = berlin({ wed: WORKDAY });
    expect(
      ['05:59:59Z', '06:00Z', '15:59:59Z', '16:00Z'].map((time) => isOpenAt(hours, at(`2026-07-01T${time}`))),
    ).toEqual([...[false, true, true, false]]);
  });

  it.each([
    ['the day before the clocks go forward', '2026-03-28', '07:00Z'],
    ['the day on which they do', '2026-03-29', '06:00Z'],
    ['the day before they go back', '2026-10-24', '06:00Z'],
    ['the day on which they do', '2026-10-25', '07:00Z'],
  ])('follow the clocks on the wall: %s', (_, day, opens) => {
    const hours = berlin(ALL_DAYS);
    const opensMs = at(`${day}T${opens}`);
    expect([opensMs - 1, opensMs].map((ms) => isOpenAt(hours, ms))).toEqual([false, true]);
  });

  it('are none on days that are not named, and on holidays', () => {
    const hours = berlin({ thu: WORKDAY, fri: WORKDAY }, ['2026-12-25']);
    expect(isOpenAt(hours, at('2026-12-24T10:00Z'))).toBe(true);
    expect(isOpenAt(hours, at('2026-12-25T10:00Z'))).toBe(false);
    expect(isOpenAt(hours, at('2026-12-26T10:00Z'))).toBe(false);
  });

  it('of a night belong to the day on which it begins', () => {
    const night = [{ fromMin: 22 * 60, toMin: 6 * 60 }];
    const hours: BusinessHours = { timeZone: 'UTC', days: { fri: night, sat: night }, holidays: ['2026-07-04'] };
    const times = ['03T05:00Z', '03T21:59Z', '03T22:00Z', '04T05:59Z', '04T06:00Z', '04T23:00Z', '05T03:00Z'];
    expect(times.map((time) => isOpenAt(hours, at(`2026-07-${time}`)))).toEqual([
      ...[false, false, true, true, false, false, false],
    ]);
  });

  it('are as long on every day, whatever the clocks do at night', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 3_650 }), (timeZone, day) => {
        const hours: BusinessHours = { timeZone, days: ALL_DAYS, holidays: [] };
        // From when it is closed to when it is closed again: one working day in between, wherever that is.
        let ms = at('2020-01-01T00:00Z') + day * 24 * HOUR_MS;
        while (isOpenAt(hours, ms)) ms += 15 * MINUTE_MS;
        while (!isOpenAt(hours, ms)) ms += 15 * MINUTE_MS;
        const opensMs = ms;
        while (isOpenAt(hours, ms)) ms += 15 * MINUTE_MS;
        expect(ms - opensMs).toBe(10 * HOUR_MS);
      }),
      { numRuns: 200 },
    );
  });

  it('are what the wall clock says at any moment', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.integer({ min: 0, max: 1_439 }),
        fc.integer({ min: 1, max: 1_440 }),
        (timeZone, ms, fromMin, toMin) => {
          fc.pre(fromMin < toMin);
          const span = [{ fromMin, toMin }];
          const days = { mon: span, tue: span, wed: span, thu: span, fri: span, sat: span, sun: span };
          const [hour = 0, minute = 0] = new Date(ms).toLocaleTimeString('en-GB', { timeZone }).split(':').map(Number);
          const wall = hour * 60 + minute;
          expect(isOpenAt({ timeZone, days, holidays: [] }, ms)).toBe(wall >= fromMin && wall < toMin);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('business hours in a definition', () => {
  it('name a place, spans of days, and holidays', () => {
    const yaml =
      '{ time_zone: Europe/Berlin, days: { mon: "08:00-12:00, 13:00-18:00", sat: "22:00-24:00" }, holidays: [2026-12-25] }';
    expect(read(yaml)).toMatchObject({
      timeZone: 'Europe/Berlin',
      days: {
        mon: [
          { fromMin: 480, toMin: 720 },
          { fromMin: 780, toMin: 1_080 },
        ],
        sat: [{ fromMin: 1_320, toMin: 1_440 }],
        sun: [],
      },
      holidays: ['2026-12-25'],
    });
  });

  it.each([
    ['{ time_zone: Mars/Olympus }', 'time_zone: expected an IANA time zone such as Europe/Berlin, got "Mars/Olympus"'],
    ['{ days: { mon: 8-18 } }', 'days.mon: expected times such as "08:00-12:00, 13:00-18:00", got "8-18"'],
    ['{ days: { mon: "08:00-08:00" } }', 'days.mon: expected times such as'],
    ['{ days: { mon: "08:60-09:00" } }', 'days.mon: expected times such as'],
    ['{ days: { mon: "23:00-25:00" } }', 'days.mon: expected times such as'],
    ['{ days: { monday: "08:00-18:00" } }', 'days.monday: expected one of mon, tue, wed, thu, fri, sat, sun, got'],
    ['{ holidays: [2026-02-30] }', 'holidays: expected days such as "2026-12-25", got "2026-02-30"'],
    ['{ hours: 1 }', 'hours: expected one of time_zone, days, holidays, got "hours"'],
    ['always', 'expected a mapping'],
  ])('%s is refused', (yaml, expected) => {
    expect(refusal(yaml)).toContain(expected);
  });
});
