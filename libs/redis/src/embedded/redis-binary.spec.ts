import { EmbeddedRedisError } from './embedded-redis-error.js';
import { findRedisBinary, type RedisSearch } from './redis-binary.js';
import type { RedisCandidate } from './redis-candidate.js';

/** A machine on which the programs named run and say their version line. */
const machine = (
  programs: Readonly<Record<string, string>>,
  parts: Partial<RedisSearch> = {},
): RedisSearch & { readonly asked: string[] } => {
  const asked: string[] = [];
  return {
    asked,
    env: {},
    onPath: (name) => [`/bin/${name}`].find((path) => path in programs),
    versionOf: ({ path }) => {
      asked.push(path);
      const line = programs[path];
      return line === undefined ? Promise.reject(new Error('not found')) : Promise.resolve(line);
    },
    cached: () => undefined,
    unpack: () => Promise.resolve(undefined),
    ...parts,
  };
};

const redis7 = 'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1';
const valkey8 = 'Valkey server v=8.0.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=2';
const kept: RedisCandidate = { path: '/cache/redis-server', env: { LD_LIBRARY_PATH: '/cache/lib' } };
const find = (search: RedisSearch, report?: (line: string) => void) => findRedisBinary(report, search);

describe('the search for a Redis program', () => {
  it('takes REDIS_BINARY before anything on PATH', async () => {
    const search = machine(
      { '/opt/mine': valkey8, '/bin/redis-server': redis7 },
      { env: { REDIS_BINARY: '/opt/mine' } },
    );
    expect(await find(search)).toEqual({ path: '/opt/mine', env: {}, version: 'Valkey 8.0.1', source: 'REDIS_BINARY' });
    expect(search.asked).toEqual(['/opt/mine']);
  });

  it('refuses a REDIS_BINARY that does not run instead of taking another one silently', async () => {
    const search = machine({ '/bin/redis-server': redis7 }, { env: { REDIS_BINARY: '/opt/gone' } });
    await expect(find(search)).rejects.toThrow(/^REDIS_BINARY: expected .* got \/opt\/gone/);
  });

  it('prefers redis-server to valkey-server on PATH', async () => {
    const search = machine({ '/bin/redis-server': redis7, '/bin/valkey-server': valkey8 });
    expect(await find(search)).toMatchObject({ path: '/bin/redis-server', version: 'Redis 7.0.15', source: 'PATH' });
  });

  it('takes valkey-server where there is no redis-server', async () => {
    const search = machine({ '/bin/valkey-server': valkey8 }, { cached: () => kept });
    expect(await find(search)).toMatchObject({ path: '/bin/valkey-server', source: 'PATH' });
  });

  it('passes over a server that is too old, and says so', async () => {
    const lines: string[] = [];
    const old = 'Redis server v=6.2.14 sha=00000000:0 malloc=libc bits=64 build=3';
    const search = machine({ '/bin/redis-server': old, '/bin/valkey-server': valkey8 });
    expect(await find(search, (line) => lines.push(line))).toMatchObject({ path: '/bin/valkey-server' });
    expect(lines).toEqual(['/bin/redis-server is passed over: Redis 6.2.14 is older than 7.0.']);
  });

  it('takes the copy of an earlier start before it fetches one', async () => {
    const search = machine(
      { '/cache/redis-server': redis7 },
      { cached: () => kept, unpack: () => Promise.reject(new Error('must not be asked')) },
    );
    expect(await find(search)).toEqual({ ...kept, version: 'Redis 7.0.15', source: 'cache' });
  });

  it('fetches a copy when the cached one does not run any more', async () => {
    const fresh: RedisCandidate = { path: '/fresh/redis-server', env: {} };
    const search = machine(
      { '/fresh/redis-server': redis7 },
      { cached: () => kept, unpack: () => Promise.resolve(fresh) },
    );
    expect(await find(search)).toMatchObject({ path: '/fresh/redis-server', source: 'apt' });
  });

  it('ends with help for several systems where there is no apt', async () => {
    const failure = find(machine({}));
    await expect(failure).rejects.toThrow(EmbeddedRedisError);
    await expect(failure).rejects.toThrow(/apt-get install[\s\S]*dnf install[\s\S]*brew install[\s\S]*REDIS_URL=/);
  });

  it('says in the help why fetching failed', async () => {
    const search = machine({}, { unpack: () => Promise.reject(new Error('`apt-get update` failed: no network')) });
    await expect(find(search)).rejects.toThrow('`apt-get update` failed: no network');
  });
});
