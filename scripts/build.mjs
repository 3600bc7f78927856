/** `npm run build`: the server into dist/, the packages into their dist/, the page into ui/dist. Builds only what changed; --all builds everything. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { changed, fail, filesBelow, fingerprint, remember, root, run, targets } from './project.mjs';

/** Files that the programs read at run time stand beside the module that reads them: [sources, build]. */
const DATA = [
  ...['schema', 'ingest', 'query', 'features', 'server'].map((folder) => [folder, join('dist', folder)]),
  ['pricing/src', 'pricing/dist'],
  ['instrumentation/src', 'instrumentation/dist'],
];

/** Builds what is not up to date. Ends the process if that fails. */
export function build({ all = false } = {}) {
  if (all || changed(targets.server)) buildTarget(targets.server, buildServer);
  if (all || changed(targets.ui)) buildTarget(targets.ui, buildUi);
}

/** The stamp is taken before: what changes during the build is built again. */
function buildTarget(target, make) {
  const print = fingerprint(target.sources);
  make();
  remember(target, print);
}

function buildServer() {
  console.log('Building the server.');
  // Files that were built from sources that are gone would still be found.
  for (const [, built] of DATA) rmSync(join(root, built), { recursive: true, force: true });
  rmSync(join(root, 'dist/.tsbuildinfo'), { force: true });
  if (!run(process.execPath, ['node_modules/typescript/bin/tsc', '-b'])) fail('The server does not compile: see above.');
  for (const [sources, built] of DATA) copyData(join(root, sources), join(root, built));
}

function copyData(sources, built) {
  for (const file of filesBelow(sources)) {
    if (!/\.(sql|json)$/.test(file) || /tsconfig\.json$|package\.json$/.test(file)) continue;
    const target = join(built, relative(sources, file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
}

function buildUi() {
  if (!existsSync(join(root, 'ui/vite.config.ts'))) return;
  console.log('Building the page.');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  if (!run(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: join(root, 'ui') })) fail('The page does not build: see above.');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) build({ all: process.argv.includes('--all') });
