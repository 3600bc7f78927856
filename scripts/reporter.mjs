/**
 * A vitest reporter for test.mjs: counts, every test that was skipped with the reason it gave, and the numbers of the cases (titles that begin with
 * `case <number>:`) that passed, as JSON into the file AIRUNS_TEST_REPORT.
 */
import { writeFileSync } from 'node:fs';

export default class Report {
  onTestRunEnd(modules, unhandled) {
    const report = { passed: 0, failed: unhandled.length, skipped: [] };
    const cases = new Map();
    for (const module of modules) {
      const before = report.failed;
      for (const test of module.children.allTests()) {
        count(report, module, test);
        countCase(cases, test);
      }
      // A file that does not load, or whose preparation fails, has no failed test of its own.
      if (module.state() === 'failed' && report.failed === before) report.failed++;
    }
    report.cases = [...cases].filter(([, passed]) => passed).map(([number]) => number);
    writeFileSync(process.env.AIRUNS_TEST_REPORT, JSON.stringify(report));
  }
}

/** A case has passed where one of its tests has, and none has failed. */
function countCase(cases, test) {
  const [, number] = /(?:^| > )case (\d+): /.exec(test.fullName) ?? [];
  const { state } = test.result();
  if (number === undefined || state === 'skipped') return;
  cases.set(number, state === 'passed' && cases.get(number) !== false);
}

function count(report, module, test) {
  const result = test.result();
  if (result.state === 'passed') report.passed++;
  else if (result.state === 'failed') report.failed++;
  else report.skipped.push({ test: `${module.relativeModuleId}: ${test.fullName}`, reason: result.note ?? 'no reason given' });
}
