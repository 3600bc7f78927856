// npm run chaos: builds what changed, then hurts the built server under load and audits what is left of its data.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const run = (args, env = {}) => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
};
if (!process.argv.includes('--help')) run(['scripts/build.mjs']);
run(['--import', 'tsx', '--conditions', 'airuns-source', 'test/chaos/main.ts', ...process.argv.slice(2)], { AIRUNS_TEST_BUILT: '1' });
