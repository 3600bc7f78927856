import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, from the sources (server/) and from the build (dist/server/). */
export const ROOT = fileURLToPath(new URL(existsSync(new URL('../package.json', import.meta.url)) ? '../' : '../../', import.meta.url));
