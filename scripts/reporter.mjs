/** A vitest reporter for test.mjs: counts, and every test that was skipped with the reason it gave, as JSON into the file AIRUNS_TEST_REPORT. */
import { writeFileSync } from 'node:fs';

export default class Report {
  onTestRunEnd(modules, unhandled) {
    const report = { passed: 0, failed: unhandled.length, skipped: [] };
    for (const module of modules) {
      const before = report.failed;
      for (const test of module.children.allTests()) count(report, module, test);
      // A file that does not load, or whose preparation fails, has no failed test of its own.
      if (module.state() === 'failed' && report.failed === before) report.failed++;
    }
    writeFileSync(process.env.AIRUNS_TEST_REPORT, JSON.stringify(report));
  }
}

function count(report, module, test) {
  const result = test.result();
  if (result.state === 'passed') report.passed++;
  else if (result.state === 'failed') report.failed++;
  else report.skipped.push({ test: `${module.relativeModuleId}: ${test.fullName}`, reason: result.note ?? 'no reason given' });
}
