import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as api from './index.ts';
import { SCOPE } from './names.ts';

it('promises these names and no others', () => {
  expect(Object.keys(api).sort()).toEqual([
    'activeTask',
    'aiRunsSpanProcessor',
    'capturesContent',
    'recordUsage',
    'run',
    'startAiRuns',
    'task',
  ]);
});

it('signs its spans with its own name and version', () => {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(SCOPE).toEqual({ name, version });
});
