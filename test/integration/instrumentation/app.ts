/** A small app that ends in the way it is told to. The endpoint comes from the environment. */
import { run, startAiRuns, task } from '@ai-runs/instrumentation';

const aiRuns = startAiRuns();
const work = () => run('work', { runId: 'r' }, () => task('call', { kind: 'llm', input: 'Hi' }, (it) => it.recordUsage({ input: 3 })));
const stayAlive = () => {
  setInterval(() => {}, 60_000);
  process.stdout.write('ready\n');
};

const endings: Record<string, () => void> = {
  returns: work,
  exits: () => {
    work();
    process.exit(3);
  },
  throws: () => {
    work();
    setImmediate(() => {
      throw new Error('boom');
    });
  },
  rejects: () => {
    void run('work', { runId: 'r' }, () => task('call', () => Promise.reject(new Error('boom'))));
  },
  waits: () => {
    work();
    stayAlive();
  },
  'waits with a listener of its own': () => {
    work();
    process.once('SIGTERM', () => setImmediate(() => process.exit(7)));
    stayAlive();
  },
  'shuts down': () => {
    work();
    void aiRuns.shutdown().then(() => process.stdout.write(`${JSON.stringify(aiRuns.stats())}\n`));
  },
};

endings[process.argv[2] ?? '']?.();
