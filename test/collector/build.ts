import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SOURCES = fileURLToPath(new URL('.', import.meta.url));
const CACHE = fileURLToPath(new URL('../../.cache/collector/', import.meta.url));
const TEN_MINUTES = 600_000;

/** Whether the collector can be built here. */
export function hasGo(): boolean {
  return spawnSync('go', ['version']).status === 0;
}

/**
 * The OpenTelemetry Collector with the components of collector-config/, built once for each version of its sources and kept
 * in .cache/. A first build takes some minutes and needs the Go module proxy.
 * @returns the path of the program
 */
export async function buildCollector(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(readFileSync(join(SOURCES, file)));
  const program = join(CACHE, hash.digest('hex').slice(0, 16), 'collector');
  if (existsSync(program)) return program;
  await mkdir(join(program, '..'), { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  // Two compilers at a time, as the small machines of CI have two cores.
  const options = ['-p', '2', '-trimpath', '-ldflags', '-s -w', '-o', unfinished];
  await promisify(execFile)('go', ['build', ...options, '.'], {
    cwd: SOURCES,
    timeout: TEN_MINUTES,
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  await rename(unfinished, program);
  return program;
}
