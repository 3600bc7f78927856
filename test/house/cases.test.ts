import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CASES, casesIn } from '../cases/register.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sourceOf = (file: string): string => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '');

describe('the register of cases', () => {
  it('has each of the 66 once, as a test or with the reason why not yet', () => {
    expect(CASES.map(({ number }) => number)).toEqual(Array.from({ length: 66 }, (_, i) => i + 1));
    expect(CASES.filter(({ tests, later }) => tests.length === 0 && !later)).toEqual([]);
    expect(new Set(CASES.map(({ title }) => title)).size).toBe(66);
  });

  it.each(CASES.flatMap(({ number, tests }) => tests.map((file) => [number, file] as const)))('case %d is in %s', (number, file) => {
    expect(casesIn(sourceOf(file))).toContain(number);
  });

  it('says how many there are', () => {
    const done = CASES.filter(({ tests }) => tests.length > 0);
    console.log(`${done.length} of ${CASES.length} cases are tests`);
    for (const { number, title, later } of CASES) if (later) console.log(`case ${number} (${title}): later, ${later}`);
    expect(done.length).toBeGreaterThan(0);
  });

  it('finds titles, and nothing else', () => {
    const source = "it('case 7: x', f); describe(`case 12: y`, f); it('a case 9: no', f); // case 10: no\nswitch (n) { case 3: }";
    expect([...casesIn(source)]).toEqual([7, 12]);
  });
});
