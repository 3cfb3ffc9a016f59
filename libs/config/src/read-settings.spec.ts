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
    ['REDIS_CLUSTER_NODES', 'localhost'],
  ])('%s=%s is refused', (name, value) => {
    expect(faultsOf({ [name]: value })).toContain(`${name}: expected`);
  });

  it('names every fault at once', () => {
    expect(faultsOf({ PORT: 'x', LOG_LEVEL: 'y' }).split('\n')).toHaveLength(2);
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

  it('names the setting meant by a misspelt one of ours', () => {
    expect(faultsOf({ PARLEY_PROT: '1' })).toBe('PARLEY_PROT: there is no such setting; settings have no prefix');
  });
});

describe('the table of settings', () => {
  it('stands in the documentation as it is', () => {
    const doc = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    const block = /<!-- settings:begin -->\n([\s\S]*?)\n<!-- settings:end -->/.exec(doc)?.[1]?.trim();
    expect(block).toBe(settingsTable());
  });
});
