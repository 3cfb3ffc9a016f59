// One real server for all integration tests: they keep apart by random key prefixes.
import { build } from './build.mjs';

export default async function startSharedRedis() {
  // This file runs outside of jest's compiler, so it uses what was built.
  await build();
  // Whoever runs the tests has brought a Redis already: scripts/test-topologies.mjs.
  if (process.env.TEST_TOPOLOGY) {
    process.env.TEST_REDIS_URL = process.env.TEST_TOPOLOGY;
    return;
  }
  const { startRedis } = await import('../../dist/test/support/redis-server.js');
  const redis = await startRedis();
  process.env.TEST_REDIS_URL = redis.url;
  globalThis.sharedTestRedis = redis;
}
