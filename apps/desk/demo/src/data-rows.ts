import type { Form } from './v1-client.js';

/** Attached data as a person writes it: `name=value`, one a line. A line without a name says nothing. */
export const rowsIn = (text: string): Form =>
  Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.split(/=(.*)/s))
      .map(([name = '', value = '']) => [name.trim(), value.trim()] as const)
      .filter(([name]) => name !== ''),
  );

/** The other way round. */
export const textOf = (rows: Form): string =>
  Object.entries(rows)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
