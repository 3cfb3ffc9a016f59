import { get } from 'node:http';

/** What a readiness address said: ready, or why not. */
export interface Readiness {
  readonly isReady: boolean;
  readonly reason: string;
}

export interface ReadyAddress {
  readonly host: string;
  readonly port: number;
}

/** Where a listener is reached from this machine: one on all addresses, on the loopback one. */
export const reachableHost = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);

/** How long one question may take, in milliseconds. */
const ASK_MS = 2_000;
/** How much of a refusal is shown, in characters. */
const REASON_LENGTH = 200;

/** Asks `/readyz` once. */
export const readiness = ({ host, port }: ReadyAddress): Promise<Readiness> =>
  new Promise((resolve) => {
    const fail = (reason: string): void => {
      resolve({ isReady: false, reason });
    };
    const request = get({ host, port, path: '/readyz', agent: false, timeout: ASK_MS }, (response) => {
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
