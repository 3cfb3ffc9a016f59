/**
 * Kinds of tests (docs: CONTRIBUTING.md). Run one with `npm run test:unit`, `test:int` or `test:e2e`; words after
 * `--` go to jest. The source is compiled by the same compiler that builds what runs.
 */
const swc = [
  '@swc/jest',
  {
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

const project = (displayName, testMatch, more = {}) => ({
  displayName,
  rootDir: __dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch,
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': swc },
  transformIgnorePatterns: ['/node_modules/', '/dist/'],
  ...more,
});

/** @type {import('jest').Config} */
module.exports = {
  cacheDirectory: '<rootDir>/.cache/jest',
  projects: [
    project('unit', [
      '<rootDir>/apps/**/*.spec.ts',
      '<rootDir>/libs/**/*.spec.ts',
      '<rootDir>/test/(unit|contract|support|load|chaos)/**/*.spec.ts',
    ]),
    project('integration', ['<rootDir>/{apps,libs,test}/**/*.int-spec.ts'], {
      globalSetup: '<rootDir>/scripts/lib/jest-redis-setup.mjs',
      globalTeardown: '<rootDir>/scripts/lib/jest-redis-teardown.mjs',
    }),
    project('e2e', ['<rootDir>/test/**/*.e2e-spec.ts'], {
      testPathIgnorePatterns: ['/node_modules/', '/test/topology/'],
    }),
    project('topology', ['<rootDir>/test/topology/**/*.e2e-spec.ts']),
  ],
};
