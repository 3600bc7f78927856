import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startServer, type TestServer, until } from '../support/server.ts';
import { type LoadResult, load } from './load.ts';
import { type Shape, SPANS_A_REQUEST } from './payload.ts';

export const HELP = `ingest: ingest at full speed, everything on: journal with fsync, settle, pricing, all views. The load comes from this process, the
server is another.

  --shape small|fat|both   small: 12 attributes; fat: 20 attributes and 2 KB of messages (default both)
  --seconds N              measured time after a warm-up of 3 s (default 15)
  --connections N          keep-alive connections (default 64 small, 32 fat)
  --rate N                 spans a second instead of as many as are acknowledged
  --seed N                 of the payloads (default 1)
`;

/** What a run may need at most, to prepare enough bodies: a body sent twice would be a duplicate. */
const MAX_RATE: Record<Shape, number> = { small: 120_000, fat: 36_000 };
const WARM_UP_S = 3;

interface Options {
  readonly shapes: readonly Shape[];
  readonly seconds: number;
  readonly connections: number | undefined;
  readonly rate: number | undefined;
  readonly seed: number;
}

/** Measures ingest and prints it; `args` as in {@link HELP}. */
export async function benchIngest(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      shape: { type: 'string', default: 'both' },
      seconds: { type: 'string', default: '15' },
      connections: { type: 'string' },
      rate: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  const options: Options = {
    shapes: values.shape === 'both' ? ['small', 'fat'] : [values.shape as Shape],
    seconds: Number(values.seconds),
    connections: values.connections === undefined ? undefined : Number(values.connections),
    rate: values.rate === undefined ? undefined : Number(values.rate),
    seed: Number(values.seed),
  };
  console.log(`ingest, seed ${options.seed}`);
  for (const shape of options.shapes) await bench(shape, options);
}

async function bench(shape: Shape, { seconds, connections, rate, seed }: Options): Promise<void> {
  const server = await startServer();
  try {
    const result = await load({
      origin: server.url,
      pid: server.pid,
      shape,
      seconds,
      connections: connections ?? (shape === 'small' ? 64 : 32),
      bodies: Math.ceil(((rate ?? MAX_RATE[shape]) * (seconds + WARM_UP_S + 1)) / SPANS_A_REQUEST),
      seed,
      ...(rate === undefined ? {} : { rate }),
    });
    const acknowledged = performance.now();
    await loaded(server);
    print(result, (performance.now() - acknowledged) / 1000);
  } finally {
    await server.stop();
    rmSync(server.dataDir, { recursive: true, force: true });
  }
}

/** Waits until the journal is in the store: a rate that only piles up batches would be no rate. */
async function loaded(server: TestServer): Promise<void> {
  await until(
    async () => (/airuns_journal_batches_queued 0$/m.test(await (await fetch(`${server.url}/metrics`)).text()) ? true : null),
    'the journal is loaded',
    120,
  );
}

function print(r: LoadResult, behindSeconds: number): void {
  const sustained = (r.spansPerSecond * r.seconds) / (r.seconds + behindSeconds);
  console.log(
    [
      `${r.shape.padEnd(5)} ${Math.round(r.spansPerSecond).toLocaleString('en')} spans/s acknowledged over ${r.seconds.toFixed(1)} s`,
      `${Math.round(sustained).toLocaleString('en')} spans/s with the ${behindSeconds.toFixed(1)} s until all was in the store`,
      `ack p50 ${r.ackP50.toFixed(0)} ms, p99 ${r.ackP99.toFixed(0)} ms`,
      `visible in the API p50 ${r.visibleP50.toFixed(0)} ms, p99 ${r.visibleP99.toFixed(0)} ms`,
      `HTTP thread held up at most ${r.loopMaxMs.toFixed(0)} ms`,
      `${r.cpuMicrosPerSpan.toFixed(1)} CPU us/span`,
      `RSS ${r.rssMb.toFixed(0)} MB`,
      `refused ${r.refused}, failed ${r.failed}`,
    ].join('\n      '),
  );
}
