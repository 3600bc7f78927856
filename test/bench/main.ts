import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { StorageOptions } from './storage.ts';

interface Bench {
  readonly help: string;
  readonly run: (args: string[]) => Promise<void>;
}

/** Each in a module of its own, loaded when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  ingest: async () => {
    const { benchIngest, HELP } = await import('./ingest.ts');
    return { help: HELP, run: benchIngest };
  },
  query: async () => {
    const { benchQuery, HELP } = await import('./query.ts');
    return { help: HELP, run: benchQuery };
  },
  startup: async () => {
    const { benchStartup, HELP } = await import('./startup.ts');
    return { help: HELP, run: benchStartup };
  },
  storage: async () => {
    const { storage } = await import('./storage.ts');
    const help =
      'storage: bytes on disk of 200 chats of 40 turns and of a million small spans.\n\n  --spans N                (default 1,000,000)\n  --seed N                 (default 1)\n';
    return { help, run: (args) => storage(storageOptions(args)) };
  },
};

const names = Object.keys(BENCHES);
const { values, tokens } = parseArgs({
  options: { what: { type: 'string', default: 'ingest' }, help: { type: 'boolean', default: false } },
  strict: false,
  tokens: true,
});
const what = String(values.what);
const chosen = what === 'all' ? names : [what];
const unknown = chosen.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`--what ${unknown[0]}: expected one of ${names.join(', ')}, all`);
  process.exit(1);
}

if (values.help) {
  console.log(`npm run bench [-- --what ${names.join('|')}|all options]   (default ingest; with all, each takes its defaults)\n`);
  for (const name of names) console.log((await BENCHES[name]!()).help);
} else {
  console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, load average ${loadavg()[0]!.toFixed(2)}`);
  for (const name of chosen) await (await BENCHES[name]!()).run(what === 'all' ? [] : others());
}

/** The arguments without --what and its value. */
function others(): string[] {
  const own = tokens.find((token) => token.kind === 'option' && token.name === 'what');
  const length = own?.kind === 'option' && own.inlineValue === false ? 2 : 1;
  const args = process.argv.slice(2);
  return own ? args.filter((_, index) => index < own.index || index >= own.index + length) : args;
}

function storageOptions(args: string[]): StorageOptions {
  const { values } = parseArgs({
    args,
    options: { spans: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
  });
  return { seed: Number(values.seed), chats: 200, turns: 40, spans: Number(values.spans) };
}
