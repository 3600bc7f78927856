import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type Transferable, Worker } from 'node:worker_threads';

/**
 * Starts the module `name` (`./file`, no extension) beside `base` (an import.meta.url) as a worker thread, built or not: a thread does not
 * inherit the TypeScript loader of the tests, so it registers its own where the caller itself runs from source.
 */
export function startThread(name: string, base: string, data: unknown, transfer: readonly Transferable[] = []): Worker {
  const options = { workerData: data, transferList: [...transfer] };
  if (!base.endsWith('.ts')) return new Worker(new URL(`${name}.js`, base), options);
  const tsx = pathToFileURL(createRequire(base).resolve('tsx/package.json'));
  const loader = new URL('./dist/esm/api/index.mjs', tsx).href;
  const module = new URL(`${name}.ts`, base).href;
  const code = `import(${JSON.stringify(loader)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(module)}); });`;
  return new Worker(code, { ...options, eval: true, execArgv: ['--conditions', 'airuns-source'] });
}
