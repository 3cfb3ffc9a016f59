import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@app/redis';
import { redisReaper } from './redis-reaper.js';

/** A certificate authority of a test, and a certificate that it gave to a server. */
export interface TestAuthority {
  /** PEM files. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const run = promisify(execFile);

/** For which names and addresses the certificate of a server is. */
const NAMES = 'subjectAltName=DNS:localhost,DNS:redis.test,IP:127.0.0.1';

/** Makes an authority and a certificate for servers on this machine. Takes the `openssl` program. */
export const makeAuthority = async (names = NAMES): Promise<TestAuthority> => {
  const dir = redisReaper().newFolder();
  const file = (name: string): string => join(dir, name);
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: dir });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(
    ...['req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=Test authority'],
  );
  await openssl('req', ...curve, '-keyout', 'redis.key', '-out', 'redis.csr', '-subj', '/CN=redis');
  writeFileSync(file('names'), names);
  await openssl(
    ...['x509', '-req', '-in', 'redis.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-out', 'redis.crt', '-days', '2', '-extfile', 'names'],
  );
  return { ca: file('ca.crt'), cert: file('redis.crt'), key: file('redis.key') };
};

/** A port on which TLS is spoken, and the settings of its server. */
export interface TlsPort {
  readonly port: number;
  readonly args: readonly string[];
}

/** Settings of a server that speaks TLS on a port of its own; the plain one stays for the test itself. */
export const tlsArgs = async (
  { ca, cert, key }: TestAuthority,
  { asksClients = false, companions = [] as readonly number[] } = {},
): Promise<TlsPort> => {
  const port = await freePort(companions);
  const files = ['--tls-ca-cert-file', ca, '--tls-cert-file', cert, '--tls-key-file', key];
  return { port, args: ['--tls-port', String(port), ...files, '--tls-auth-clients', asksClients ? 'yes' : 'no'] };
};
