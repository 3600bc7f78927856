/** Where the browser tests find a browser. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root, run } from './project.mjs';

/** The path of a Chromium: the one that AIRUNS_CHROMIUM names, the system's, or one fetched now. Undefined if there is none to be had. */
export function findChromium() {
  const fetches = [() => undefined, fetchFromDebian, fetchFromPlaywright];
  for (const fetch of fetches) {
    fetch();
    const found = candidates().find((path) => path && existsSync(path));
    if (found) return found;
  }
  return undefined;
}

function candidates() {
  return [process.env.AIRUNS_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', playwrightsOwn()];
}

function fetchFromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  if (/^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'))) return; // There the package is only a pointer to a snap.
  console.log('Fetching Chromium.');
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
}

function fetchFromPlaywright() {
  console.log('Fetching Chromium.');
  run(process.execPath, [join(root, 'node_modules/playwright-core/cli.js'), 'install', 'chromium']);
}

function playwrightsOwn() {
  try {
    return createRequire(import.meta.url)('playwright-core').chromium.executablePath();
  } catch {
    return undefined;
  }
}
