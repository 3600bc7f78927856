import { parseArgs } from 'node:util';
import { startServer, until } from '../support/server.ts';
import { filled } from './query-fill.ts';

export const HELP = `startup: the real server on 90 days of made-up runs, from the start of its process. The index of what was seen is timed
where the server has a gauge for it.

  --tasks N                tasks in the books (default 10,000,000)
  --starts N               how often (default 3)
`;

const LIMITS = { ready: 1000, 'first list': 1500, 'seen index': 5000 } as const;

/** Measures starts and prints them; `args` as in {@link HELP}. */
export async function benchStartup(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { tasks: { type: 'string', default: '10000000' }, starts: { type: 'string', default: '3' } },
  });
  const { dataDir, tasks } = await filled(Number(values.tasks));
  console.log(`${tasks.toLocaleString('en')} tasks; milliseconds since the process was started`);
  for (let i = 0; i < Number(values.starts); i++) await start(dataDir);
}

async function start(dataDir: string): Promise<void> {
  const began = performance.now();
  const server = await startServer({ dataDir });
  try {
    const took: Partial<Record<keyof typeof LIMITS, number>> = { ready: performance.now() - began, 'first list': 0 };
    const { runs } = (await (await fetch(`${server.url}/api/runs`)).json()) as { runs: unknown[] };
    if (runs.length !== 50) throw new Error(`the first list has ${runs.length} runs`);
    took['first list'] = performance.now() - began;
    if (/^airuns_seen_index_ready /m.test(await metrics(server.url))) {
      await until(
        async () => (/^airuns_seen_index_ready 1$/m.test(await metrics(server.url)) ? true : null),
        'the index of what was seen is rebuilt',
      );
      took['seen index'] = performance.now() - began;
    }
    const words = Object.entries(took).map(
      ([what, ms]) => `${what} ${ms.toFixed(0)}${ms <= LIMITS[what as keyof typeof LIMITS] ? '' : ' (above)'}`,
    );
    console.log(words.join(', '));
  } finally {
    await server.stop();
  }
}

async function metrics(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}
