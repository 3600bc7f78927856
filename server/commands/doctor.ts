import { existsSync } from 'node:fs';
import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { openStore } from '../../schema/index.ts';
import { type Config, readConfig } from '../config.ts';
import { ROOT } from '../paths.ts';

const MIN_FREE_BYTES = 1024 ** 3;

/** A check either says what it found or throws what is wrong. */
type Probe = (config: Config) => Promise<string> | string;

const PROBES: Readonly<Record<string, Probe>> = {
  node: () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    if (major < 20 || (major === 20 && minor < 19)) throw new Error(`Node ${process.versions.node} is too old: use 20.19 or newer`);
    return process.versions.node;
  },
  'data directory': async ({ dataDir }) => {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK);
    return dataDir;
  },
  'disk space': async ({ dataDir }) => {
    const { bavail, bsize } = await statfs(dataDir);
    const free = bavail * bsize;
    if (free < MIN_FREE_BYTES) throw new Error(`${gigabytes(free)} free: at least 1 GB is needed`);
    return `${gigabytes(free)} free`;
  },
  database: async ({ store: config }) => {
    // A check must not leave a line of the engine's own behind.
    const store = await openStore(config.engine === 'embedded' ? { ...config, log: false } : config);
    const [row] = await store.query<{ version: string }>('SELECT version() AS version').finally(() => store.close());
    return `${config.engine}, ClickHouse ${row?.version}, a repeated insert counts once`;
  },
  port: ({ host, port }) =>
    new Promise((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen(port, host, () => server.close(() => resolve(`${host}:${port} is free`)));
    }),
  threads: () => {
    const size = Number(process.env.UV_THREADPOOL_SIZE ?? 4);
    // Of this command, not of a server: `npm start` sets its own.
    return size < 8 ? `${size} here; \`npm start\` sets 12, set UV_THREADPOOL_SIZE where you start otherwise` : `${size}`;
  },
  page: () => {
    if (!existsSync(join(ROOT, 'ui/dist/index.html'))) throw new Error('not built: npm run build');
    return 'built';
  },
};

/** Prints a line for each thing a start needs. Sets exit code 1 if one is missing. */
export async function doctor(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(env);
  for (const [name, probe] of Object.entries(PROBES)) {
    const line = await Promise.resolve(config)
      .then(probe)
      .then(
        (found) => `ok    ${name}: ${found}`,
        (error: Error) => {
          process.exitCode = 1;
          return `WRONG ${name}: ${error.message}`;
        },
      );
    process.stdout.write(`${line}\n`);
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
