import { resolve } from 'node:path';
import { readLaunchSettings } from './launch-settings.js';

describe('the settings of a start', () => {
  it('are the documented defaults in an empty environment', () => {
    expect(readLaunchSettings({})).toEqual({
      host: '127.0.0.1',
      port: 8080,
      internalHost: '127.0.0.1',
      internalPort: 8081,
      workerPort: 8082,
      dataDir: resolve('data'),
      redis: undefined,
    });
  });

  it('name the existing Redis to use, without its password', () => {
    expect(readLaunchSettings({ REDIS_URL: 'redis://me:secret@db:6379/1' }).redis).toBe(
      'REDIS_URL=redis://…@db:6379/1',
    );
    expect(readLaunchSettings({ REDIS_SENTINELS: 'a:26379,b:26379' }).redis).toBe('REDIS_SENTINELS=a:26379,b:26379');
    expect(readLaunchSettings({ REDIS_CLUSTER_NODES: 'a:7000' }).redis).toBe('REDIS_CLUSTER_NODES=a:7000');
  });

  it.each(['0', '65536', '-1', '80a', '1e3'])('refuse the port %s with its name and what was expected', (value) => {
    expect(() => readLaunchSettings({ WORKER_PORT: value })).toThrow(
      `WORKER_PORT: expected a port number from 1 to 65535, got "${value}"`,
    );
  });
});
