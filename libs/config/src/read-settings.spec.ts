import { readFileSync } from 'node:fs';
import { readSettings, SettingsError, settingsTable } from './read-settings.js';

const REDIS = { REDIS_URL: 'redis://localhost:7000' };

const faultsOf = (env: NodeJS.ProcessEnv): string => {
  try {
    readSettings({ ...REDIS, ...env });
    return '';
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
};

describe('readSettings', () => {
  it('has a default for everything but Redis', () => {
    const settings = readSettings(REDIS);
    expect(settings).toMatchObject({
      port: 8080,
      internalPort: 8081,
      partitions: 64,
      logLevel: 'info',
      demoAgent: false,
    });
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('reads numbers, flags and lists', () => {
    const env = { ...REDIS, PORT: '9000', DEMO_AGENT: '1', TRUSTED_PROXIES: '10.0.0.0/8, ::1', CORS_ORIGINS: '*' };
    expect(readSettings(env)).toMatchObject({
      port: 9000,
      demoAgent: true,
      trustedProxies: ['10.0.0.0/8', '::1'],
      corsOrigins: ['*'],
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readSettings({ ...REDIS, PORT: '' }).port).toBe(8080);
  });

  it.each([
    ['PORT', 'abc', 'PORT: expected a whole number from 1 to 65535, got "abc"'],
    ['PORT', '70000', 'PORT: expected a whole number from 1 to 65535, got "70000"'],
    ['PARTITIONS', '65', 'PARTITIONS: expected a whole number from 1 to 64, got "65"'],
    ['DEMO_AGENT', 'maybe', 'DEMO_AGENT: expected true or false, got "maybe"'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent, got "loud"'],
  ])('%s=%s is refused with what was expected', (name, value, message) => {
    expect(faultsOf({ [name]: value })).toBe(message);
  });

  it.each([
    ['TRUSTED_PROXIES', 'everybody'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['CORS_ORIGINS', 'app.example.com'],
    ['TRUSTED_PROXIES', '10.0.0.0/8/8'],
    ['TRUSTED_PROXIES', '10.0.0.0/'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', 'https://*.example.com'],
    ['REDIS_CLUSTER_NODES', 'localhost'],
    ['REDIS_CLUSTER_NODES', 'redis://localhost:7000'],
    ['REDIS_CLUSTER_NODES', 'localhost:70000'],
    ['REDIS_CLUSTER_NODES', ','],
    ['REDIS_SENTINELS', '[localhost]:26379'],
    ['REDIS_URL', 'localhost:7000'],
    ['REDIS_URL', 'http://localhost:7000'],
    ['REDIS_URL', 'redis://localhost:7000/chats'],
    ['HOST', 'my host'],
    ['HOST', 'http://localhost'],
    ['KEY_PREFIX', '{parley}'],
    ['INTERNAL_URL', 'parley:8081'],
    ['INTERNAL_URL', 'http://parley:8081?a=b'],
    ['PORT', '8080.5'],
    ['PORT', '-1'],
  ])('%s=%s is refused', (name, value) => {
    expect(faultsOf({ [name]: value })).toContain(`${name}: expected`);
  });

  it('names every fault at once', () => {
    expect(faultsOf({ PORT: 'x', LOG_LEVEL: 'y' }).split('\n')).toHaveLength(2);
  });

  it.each(['a'.repeat(24), `whsec_${Buffer.alloc(24, 1).toString('base64')}`])('takes the key %s', (webhookSecret) => {
    expect(readSettings({ ...REDIS, WEBHOOK_SECRET: webhookSecret })).toMatchObject({ webhookSecret });
  });

  it('wants one Redis, and only one', () => {
    expect(faultsOf({ REDIS_URL: '' })).toContain('got none');
    expect(faultsOf({ REDIS_CLUSTER_NODES: 'a:7000' })).toContain('got more than one');
  });

  it('does not listen beyond loopback unless it is told whom to trust', () => {
    expect(faultsOf({ HOST: '0.0.0.0' })).toContain('HOST: expected a loopback address');
    expect(faultsOf({ HOST: '0.0.0.0', TRUSTED_PROXIES: '10.0.0.1' })).toBe('');
    expect(faultsOf({ HOST: '0.0.0.0', ALLOW_INSECURE: '1' })).toBe('');
  });

  it('takes the brackets off an IPv6 address', () => {
    const { redisClusterNodes } = readSettings({ REDIS_CLUSTER_NODES: '[::1]:7000,a:7001' });
    expect(redisClusterNodes).toEqual([
      { host: '::1', port: 7000 },
      { host: 'a', port: 7001 },
    ]);
  });

  it('cannot be changed afterwards, lists included', () => {
    const { corsOrigins, trustedProxies } = readSettings({ ...REDIS, CORS_ORIGINS: '*' });
    expect([corsOrigins, trustedProxies].every((list) => Object.isFrozen(list))).toBe(true);
  });

  it.each([
    [{}, 'http://127.0.0.1:8081'],
    [{ INTERNAL_HOST: '10.0.0.7', INTERNAL_PORT: '9001' }, 'http://10.0.0.7:9001'],
    [{ INTERNAL_HOST: '0.0.0.0' }, 'http://127.0.0.1:8081'],
    [{ INTERNAL_HOST: '::' }, 'http://[::1]:8081'],
    [{ INTERNAL_URL: 'https://parley.internal/agents/' }, 'https://parley.internal/agents'],
  ])('tells agents of the internal listener: %j', (env, internalUrl) => {
    expect(readSettings({ ...REDIS, ...env }).internalUrl).toBe(internalUrl);
  });

  it.each([
    ['REDIS_URL', 'redis://:hunter2@localhost:x'],
    ['REDIS_CLUSTER_NODES', 'me:hunter2@localhost:7000'],
    ['INTERNAL_URL', 'http://me:hunter2@localhost'],
    ['WEBHOOK_SECRET', 'hunter2'],
    ['WEBHOOK_SECRET', `whsec_${Buffer.from('hunter2').toString('base64')}`],
    ['WEBHOOK_SECRET', `whsec_hunter2 ${'-'.repeat(40)}`],
  ])('keeps a password in %s out of the message', (name, value) => {
    expect(faultsOf({ [name]: value })).toContain(`${name}: expected`);
    expect(faultsOf({ [name]: value })).not.toContain('hunter2');
  });

  it.each([
    ['PARLEY_PROT', 'PORT'],
    ['PARLEY_REDIS_URI', 'REDIS_URL'],
    ['PARLEY_LOGLEVEL', 'LOG_LEVEL'],
    ['PARLEY_PORT', 'PORT'],
  ])('names the setting nearest to %s: %s', (name, nearest) => {
    expect(faultsOf({ [name]: '1' })).toBe(
      `${name}: there is no such setting; the nearest is ${nearest} (names have no prefix)`,
    );
  });

  it('does not mind what Kubernetes says of a service named parley', () => {
    const links = {
      PARLEY_SERVICE_HOST: '10.0.0.1',
      PARLEY_SERVICE_PORT: '8080',
      PARLEY_GATEWAY_SERVICE_PORT_HTTP: '8080',
      PARLEY_PORT: 'tcp://10.0.0.1:8080',
      PARLEY_PORT_8080_TCP: 'tcp://10.0.0.1:8080',
      PARLEY_PORT_8080_TCP_ADDR: '10.0.0.1',
    };
    expect(faultsOf(links)).toBe('');
  });
});

describe('the table of settings', () => {
  it('stands in the documentation as it is', () => {
    const doc = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    const block = /<!-- settings:begin -->\n([\s\S]*?)\n<!-- settings:end -->/.exec(doc)?.[1]?.trim();
    expect(block).toBe(settingsTable());
  });

  it('has a name and a meaning for each, and no name twice', () => {
    const rows = settingsTable().split('\n').slice(2);
    const names = rows.map((row) => /^\| `([A-Z0-9_]+)` \|.* \| [^|]+ \| [^|]*\|$/.exec(row)?.[1]);
    expect(names).not.toContain(undefined);
    expect(new Set(names).size).toBe(rows.length);
  });
});
