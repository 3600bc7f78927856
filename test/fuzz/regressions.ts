import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Input } from './inputs.ts';

/** Inputs that once did harm, see the README there. The name of a file says how it was sent: `<signal>.<json|pb>[.gz].<hash>.bin`. */
const FOLDER = fileURLToPath(new URL('../fixtures/fuzz-regressions/', import.meta.url));

export function regressions(): { name: string; input: Input }[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.bin'))
    .sort()
    .map((name) => {
      const [signal, encoding, next] = name.split('.');
      const body = readFileSync(join(FOLDER, name));
      return { name, input: { signal: signal as Input['signal'], json: encoding === 'json', gzip: next === 'gz', body } };
    });
}

/** Keeps an input for good; returns the path of its file. */
export function keep({ signal, json, gzip, body }: Input): string {
  mkdirSync(FOLDER, { recursive: true });
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 10);
  const path = join(FOLDER, [signal, json ? 'json' : 'pb', ...(gzip ? ['gz'] : []), hash, 'bin'].join('.'));
  writeFileSync(path, body);
  return path;
}
