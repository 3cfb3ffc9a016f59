import { get } from 'node:http';

/** What a readiness address said: ready, or why not. */
export interface Readiness {
  readonly isReady: boolean;
  readonly reason: string;
}

/** How long one question may take, in milliseconds. */
const ASK_MS = 2_000;
/** How much of a refusal is shown, in characters. */
const REASON_LENGTH = 200;

/** Asks `/readyz` on a port of this machine once. */
export const readiness = (port: number): Promise<Readiness> =>
  new Promise((resolve) => {
    const fail = (reason: string): void => {
      resolve({ isReady: false, reason });
    };
    const request = get({ host: '127.0.0.1', port, path: '/readyz', agent: false, timeout: ASK_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (body += part.slice(0, REASON_LENGTH)));
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        resolve({ isReady: status === 200, reason: `${status} ${body.slice(0, REASON_LENGTH)}`.trim() });
      });
      response.on('error', (error) => {
        fail(error.message);
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', (error) => {
      fail(error.message);
    });
  });
