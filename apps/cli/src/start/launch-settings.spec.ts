import { resolve } from 'node:path';
import { readLaunchSettings } from './launch-settings.js';

describe('the settings of a start', () => {
  it('are the documented defaults in an empty environment, with the robot agent on', () => {
    expect(readLaunchSettings({})).toEqual({
      host: '127.0.0.1',
      port: 8080,
      internalHost: '127.0.0.1',
      internalPort: 8081,
      workerHost: '127.0.0.1',
      workerPort: 8082,
      dataDir: resolve('data'),
      demoAgent: true,
      hasAgents: false,
      redis: undefined,
      fsync: 'everysec',
    });
  });

  it.each([
    ['local', 'no'],
    ['everysec', 'everysec'],
    ['always', 'always'],
  ])('bring a Redis for DURABILITY=%s that writes its file accordingly', (durability, fsync) => {
    expect(readLaunchSettings({ DURABILITY: durability }).fsync).toBe(fsync);
  });

  it('bring no Redis where replicas are wanted', () => {
    expect(() => readLaunchSettings({ DURABILITY: 'replicated' })).toThrow(
      'DURABILITY: expected local, everysec or always',
    );
    expect(readLaunchSettings({ DURABILITY: 'replicated', REDIS_URL: 'redis://db' }).redis).toBeDefined();
  });

  it('leave the robot agent off when told so', () => {
    expect(readLaunchSettings({ DEMO_AGENT: 'off' }).demoAgent).toBe(false);
  });

  it('name the existing Redis to use, without its password', () => {
    expect(readLaunchSettings({ REDIS_URL: 'redis://me:secret@db:6379/1' }).redis).toBe(
      'REDIS_URL=redis://…@db:6379/1',
    );
    expect(readLaunchSettings({ REDIS_SENTINELS: 'a:26379,b:26379' }).redis).toBe('REDIS_SENTINELS=a:26379,b:26379');
    expect(readLaunchSettings({ REDIS_CLUSTER_NODES: 'a:7000' }).redis).toBe('REDIS_CLUSTER_NODES=a:7000');
  });

  it('are refused with the name of each wrong one before anything is started', () => {
    expect(() => readLaunchSettings({ WORKER_PORT: '0', LOG_LEVEL: 'loud' })).toThrow(
      /^WORKER_PORT: expected a whole number from 1 to 65535, got "0"\nLOG_LEVEL: expected one of .* got "loud"$/,
    );
  });
});
