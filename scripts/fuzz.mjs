// npm run fuzz -- --inputs N --seed S --encoding protobuf|json|both --seconds T --http SHARE: builds what changed, then fuzzes the ingest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const run = (args, env = {}) => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
};
run(['scripts/build.mjs']);
const sources = ['--import', 'tsx', '--conditions', 'airuns-source'];
run(['--expose-gc', ...sources, 'test/fuzz/main.ts', ...process.argv.slice(2)], { AIRUNS_TEST_BUILT: '1', UV_THREADPOOL_SIZE: '12' });
