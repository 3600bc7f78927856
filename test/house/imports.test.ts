import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALLOWED, importsBelow, importsOf, violation } from './imports.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('who may import whom', () => {
  it.each(Object.keys(ALLOWED))('%s keeps to the table', (folder) => {
    const found = importsBelow(folder, root).map((one) => violation(one, root));
    expect(found.filter((why) => why !== undefined)).toEqual([]);
  });

  it('reads the sources', () => {
    expect(importsBelow('schema', root).map((one) => one.specifier)).toContain('./store.ts');
  });
});

describe('the check itself', () => {
  it.each([
    ['query/a.ts', "import { x } from '../ingest/index.ts';", 'query may not import ingest'],
    ['ingest/a.ts', "import type { X } from '../query/contract/index.ts';", 'ingest may not import query'],
    ['schema/a.ts', "import { cost } from '@ai-runs/pricing';", 'schema may not import pricing'],
    ['schema/deep/a.ts', "export { x } from '../../server/config.ts';", 'schema may not import server'],
    ['features/a.ts', "const x = await import('../schema/index.ts');", 'features may not import schema'],
    ['features/a.ts', "import '../instrumentation/src/start.ts';", 'use @ai-runs/instrumentation'],
    ['ui/src/a.tsx', "import { run } from '../../query/contract/index.ts';", 'only types may cross'],
    ['ui/src/a.tsx', "import { type Run, run } from '../../query/contract/index.ts';", 'only types may cross'],
    ['ui/src/a.tsx', "import type { X } from '../../query/http/errors.ts';", 'ui may not import query'],
    ['pricing/src/a.ts', "import {\n  x,\n} from '../../schema/index.ts';", 'pricing may not import schema'],
  ])('refuses %s: %s', (file, text, why) => {
    expect(importsOf(file, text).map((one) => violation(one, root))).toEqual([expect.stringContaining(why)]);
  });

  it.each([
    ['query/deep/a.ts', "import { openStore } from '../../schema/index.ts';"],
    ['ingest/a.ts', "import { priceOf } from '@ai-runs/pricing';"],
    ['ui/src/a.tsx', "import { type Run, type Task } from '../../query/contract/index.ts';"],
    ['ui/src/a.tsx', "import type { Run } from '../../query/contract/index.ts';"],
    ['features/a.ts', "import { startTelemetry } from '@ai-runs/instrumentation';"],
    ['server/main.ts', "import { openIngest } from '../ingest/index.ts';"],
    ['schema/a.ts', "import { readFile } from 'node:fs/promises';"],
    ['schema/embedded/a.ts', "import { StoreError } from '../store.ts';"],
  ])('allows %s: %s', (file, text) => {
    expect(importsOf(file, text).map((one) => violation(one, root))).toEqual([undefined]);
  });
});
