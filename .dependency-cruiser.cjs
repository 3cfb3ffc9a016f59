// Who may import whom: the table of docs/architecture.md, one rule a row.
const libs = (...names) => `^libs/(${names.join('|')})/`;
const TESTS = '(\\.(spec|int-spec)\\.ts$|/testing/)';
const outside = { pathNot: [TESTS] };
const NEST = '(^|node_modules/)@nestjs/';
const REDIS = '(^|node_modules/)ioredis(/|$)';
const BULL = '(^|node_modules/)(bullmq|@nestjs/bullmq)(/|$)';
/** A lib may import itself and the libs named; nothing else of ours. */
const row = (from, may) => ({
  name: `${from}-imports-only-${['itself', ...may].join('-')}`,
  severity: 'error',
  from: { path: `^libs/${from}/`, ...outside },
  to: { path: '^(libs|apps|test)/', pathNot: libs(from, ...may) },
});
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'no framework, no I/O, no other lib',
      from: { path: '^libs/domain/', ...outside },
      to: { pathNot: '^libs/domain/' },
    },
    row('wire', ['domain']),
    row('event-store', ['domain', 'redis']),
    row('broker', ['domain', 'redis']),
    row('routing', ['domain', 'redis']),
    row('redis', []),
    row('bayeux', []),
    row('delivery', ['domain', 'wire', 'event-store', 'bayeux', 'redis']),
    row('runtime', ['domain', 'wire', 'event-store', 'redis', 'config', 'observability']),
    row('logic', ['domain', 'redis', 'config', 'observability']),
    row('push', ['config']),
    row('outbound', ['push', 'redis']),
    row('identity', ['event-store', 'config', 'observability']),
    row('config', []),
    row('observability', []),
    {
      name: 'nest-only-in-apps-and-broker',
      severity: 'error',
      from: { path: '^libs/', pathNot: [libs('broker', 'observability'), TESTS] },
      to: { path: NEST },
    },
    {
      name: 'ioredis-only-in-redis-libs',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [libs('redis', 'event-store', 'broker', 'delivery', 'routing'), TESTS] },
      to: { path: REDIS },
    },
    {
      name: 'bullmq-only-in-worker-and-outbound',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^apps/worker/', libs('outbound'), TESTS] },
      to: { path: BULL },
    },
    {
      name: 'no-app-to-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'only-through-index',
      severity: 'error',
      from: { path: '^(apps|libs|test)/([^/]+)/' },
      // Stand-ins for what is outside are for every test.
      to: { path: '^libs/([^/]+)/src/(?!index\\.ts$|testing/)', pathNot: '^$1/$2/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
