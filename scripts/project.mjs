/** What the scripts know of the project. Node builtins only: they run before anything is installed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** What is built together, and from which files. */
export const targets = {
  server: {
    stamp: 'dist/.stamp-server',
    sources: [
      'schema',
      'ingest',
      'query',
      'features',
      'server',
      'pricing',
      'instrumentation',
      'tsconfig.base.json',
      'tsconfig.json',
      'package-lock.json',
    ],
  },
  ui: { stamp: 'dist/.stamp-ui', sources: ['ui', 'query/contract', 'package-lock.json'] },
};

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.cache']);

/** Ends the process with one line that says what to do. */
export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The oldest Node that runs the project is 20.19. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`AI Runs needs Node 20.19 or newer; this is ${process.versions.node}.`);
}

/** Runs a command in the terminal. True if it succeeded. */
export function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options }).status === 0;
}

/** Installs what the lock file names, if that is not what is installed. */
export function install() {
  const installed = modified('node_modules/.package-lock.json');
  if (installed !== undefined && installed >= (modified('package-lock.json') ?? 0)) return;
  console.log('Installing packages.');
  if (!run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']))
    fail('The packages could not be installed: see above, then try again.');
}

/** Whether the sources of a target are others than those it was built from. */
export function changed({ stamp, sources }) {
  try {
    return readFileSync(join(root, stamp), 'utf8') !== fingerprint(sources);
  } catch {
    return true;
  }
}

/** Names, sizes and times of the sources: as good as their content, and read in a few milliseconds. */
export function fingerprint(sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesBelow(join(root, source))) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${relative(root, file)}:${size}:${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

export function remember({ stamp }, print) {
  mkdirSync(dirname(join(root, stamp)), { recursive: true });
  writeFileSync(join(root, stamp), print);
}

/** Files at or below a path, in a fixed order. Nothing for a path that does not exist. */
export function filesBelow(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const below = join(path, entry.name);
    return entry.isDirectory() ? filesBelow(below) : [below];
  });
}

function modified(file) {
  return statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs;
}
