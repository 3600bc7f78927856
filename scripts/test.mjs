/** `npm test`: everything that proves the project, on a bare clone. The last line counts what passed, failed and was skipped. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { checkNode, fail, install, root, run } from './project.mjs';

checkNode();
install();
const chromium = findChromium();
if (!chromium && process.env.CI === 'true') fail('There is no Chromium and none could be fetched: set AIRUNS_CHROMIUM to one.');

const bin = (name) => join(root, 'node_modules', name);
const tsc = bin('typescript/bin/tsc');
/** Each counts as one test. */
const checks = {
  'types of the server': [tsc, '-b'],
  'types of the tests': [tsc, '-p', 'test'],
  'types of the page': [tsc, '-p', 'ui'],
  lint: [bin('@biomejs/biome/bin/biome'), 'check', '.'],
  build: [join(root, 'scripts/build.mjs')],
};
const failures = [];
for (const [name, args] of Object.entries(checks)) {
  console.log(`\n== ${name}`);
  if (!run(process.execPath, args)) failures.push(name);
}

const report = vitest();
const total = {
  passed: Object.keys(checks).length - failures.length + report.passed,
  failed: failures.length + report.failed,
  skipped: report.skipped,
};
/** The faults and bad inputs that test/cases/register.ts lists. */
const CASES = 66;
console.log('');
for (const name of failures) console.log(`failed: ${name}`);
for (const { test, reason } of total.skipped) console.log(`skipped: ${test} (${reason})`);
console.log(`${report.cases.length} of ${CASES} cases are tests that passed`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
process.exit(total.failed > 0 ? 1 : 0);

/** Runs the vitest projects. A run that ends without a report is a failure. */
function vitest() {
  const file = join(root, '.cache/test-report.json');
  mkdirSync(join(root, '.cache'), { recursive: true });
  rmSync(file, { force: true });
  const projects = ['unit', 'ui', 'integration', 'browser'].flatMap((name) => ['--project', name]);
  const reporters = ['--reporter', 'default', '--reporter', join(root, 'scripts/reporter.mjs')];
  const env = {
    ...process.env,
    UV_THREADPOOL_SIZE: '12',
    AIRUNS_TEST_BUILT: '1',
    AIRUNS_TEST_REPORT: file,
    ...(chromium && { AIRUNS_CHROMIUM: chromium }),
  };
  const passed = run(process.execPath, [bin('vitest/vitest.mjs'), 'run', ...projects, ...reporters], { env });
  try {
    const found = JSON.parse(readFileSync(file, 'utf8'));
    return { ...found, failed: passed ? found.failed : Math.max(1, found.failed) };
  } catch {
    return { passed: 0, failed: 1, skipped: [], cases: [] };
  }
}
