import { defineConfig } from 'vitest/config';

/**
 * Workspace packages resolve to their sources, so that tests need no build. No `import` or `default` here: vitest hands the list to Node,
 * where it would apply to require() as well.
 */
const resolve = { conditions: ['airuns-source', 'node'] };
const ssr = { resolve };
/** As many threads as `npm start` gives the server: the engine sizes its reads by it. */
const env = { UV_THREADPOOL_SIZE: '12' };
const folders = 'pricing/src,instrumentation/src,schema,ingest,query,features,server';

export default defineConfig({
  resolve,
  ssr,
  test: {
    projects: [
      { resolve, ssr, test: { name: 'unit', include: [`{${folders}}/**/*.test.ts`, 'test/house/**/*.test.ts'], testTimeout: 30_000 } },
      {
        resolve,
        ssr,
        test: { name: 'ui', include: ['ui/src/**/*.test.{ts,tsx}'], environment: 'jsdom', setupFiles: ['ui/src/testing/setup.ts'] },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          include: ['test/{integration,conformance,chaos,cases,fuzz,property}/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          env,
          fileParallelism: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 240_000,
          env,
          fileParallelism: false,
        },
      },
    ],
  },
});
