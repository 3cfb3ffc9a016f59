import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotFoundException } from '@nestjs/common';
import { DOMAIN_ERROR_CODES } from '@app/domain';
import { createLogger } from '@app/observability';
import {
  ACCESS_REFUSALS,
  DOMAIN_REFUSALS,
  FRAMEWORK_REFUSALS,
  OVERLOADED,
  type Refusal,
  REQUEST_REFUSALS,
  SCHEMA_TOO_NEW,
  STORE_UNAVAILABLE,
} from './error-table.js';
import { RefusalFilter } from './refusal.filter.js';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../../../docs/errors.md'), 'utf8');
const ROW = /^\| `([^`]+)` \| (\d{3}) \| (yes|no) \| (\d*) ?\| [^|]+ \| [^|]+ \|$/;

/** The refusals that a section of the document lists, by code; a line of the table that cannot be read fails. */
const documented = (heading: string): Readonly<Record<string, Refusal>> => {
  const [, section = ''] = DOCUMENT.split(`\n## ${heading}\n`);
  const lines = section.split('\n## ')[0]?.split('\n') ?? [];
  const rows = lines.filter((line) => line.startsWith('|')).slice(2);
  return Object.fromEntries(
    rows.map((row) => {
      const [, code, status, hasBody, retryAfterS] = ROW.exec(row) ?? [];
      if (code === undefined) throw new Error(`docs/errors.md: this row cannot be read: ${row}`);
      const retry = retryAfterS === '' ? {} : { retryAfterS: Number(retryAfterS) };
      return [code, { status: Number(status), hasBody: hasBody === 'yes', ...retry }];
    }),
  );
};

/** What the filter answers to an error on a request. */
const answerTo = (error: unknown, method: string, url: string): { readonly status: number; readonly body: unknown } => {
  const answer = { status: 0, body: '' };
  const reply = {
    header: () => reply,
    status: (status: number) => {
      answer.status = status;
      return reply;
    },
    send: (body: string) => {
      answer.body = body;
      return reply;
    },
  };
  const request = { id: 'test', method, url };
  const host = { switchToHttp: () => ({ getRequest: () => request, getResponse: () => reply }) };
  const filter = new RefusalFilter(createLogger({ name: 'test', level: 'silent' }));
  filter.catch(error, host as never);
  return { status: answer.status, body: JSON.parse(answer.body) };
};

/** What brings about the refusals that are not raised under their own code. */
const causeOf = (code: string): readonly [error: Error, method: string, url: string] => {
  switch (code) {
    case 'NOT_FOUND':
      return [new NotFoundException(), 'GET', '/nowhere'];
    case 'METHOD_NOT_ALLOWED':
      return [new NotFoundException(), 'PUT', '/genesys/1/service/request-chat'];
    case 'INTERNAL_ERROR':
      return [new Error('a fault'), 'GET', '/'];
    default:
      return [Object.assign(new Error('refused'), { code }), 'POST', '/'];
  }
};

describe('docs/errors.md', () => {
  it('lists the refusals by rules, as they are answered', () => {
    expect(documented('Rules')).toEqual(DOMAIN_REFUSALS);
    expect(Object.keys(documented('Rules')).sort()).toEqual([...DOMAIN_ERROR_CODES].sort());
  });

  it('lists the refusals of a request’s form, as they are answered', () => {
    expect(documented('The form of a request')).toEqual(REQUEST_REFUSALS);
  });

  it('lists the refusals for who asks, as they are answered', () => {
    expect(documented('Who asks')).toEqual(ACCESS_REFUSALS);
  });

  it('lists what an absent store is answered with', () => {
    expect(documented('The store')).toEqual({ STORE_UNAVAILABLE, SCHEMA_TOO_NEW });
    expect(documented('Too much at once')).toEqual({ OVERLOADED });
  });

  it('lists every refusal of the HTTP framework', () => {
    expect(Object.keys(documented('The HTTP layer'))).toEqual(expect.arrayContaining(Object.keys(FRAMEWORK_REFUSALS)));
  });

  it.each(Object.entries(documented('The HTTP layer')))('says of %s what is answered', (code, { status }) => {
    expect(answerTo(...causeOf(code))).toMatchObject({ status, body: { exception: code } });
  });
});
