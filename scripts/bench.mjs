// npm run bench: builds what changed, then measures the built server. The load generator is a process of its own.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const run = (args, env = {}) => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
};
run(['scripts/build.mjs']);
run(['--import', 'tsx', '--conditions', 'airuns-source', 'test/bench/main.ts', ...process.argv.slice(2)], { AIRUNS_TEST_BUILT: '1' });
