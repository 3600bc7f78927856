import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { storeFromHandle } from '../schema/index.ts';
import { Interpreter } from './interpret/interpret.ts';
import { Journal } from './journal/journal.ts';
import { Life } from './life/life.ts';
import { Books } from './load/books.ts';
import { Scrubber } from './load/scrubber.ts';
import { Pipeline } from './pipeline.ts';
import { recordPrices } from './price/record.ts';
import type { FromIngest, IngestThreadData, ToIngest } from './protocol.ts';
import { storeLookup, storePages } from './settle/lookup.ts';
import { rebuildSeen } from './settle/rebuild.ts';
import { Settler } from './settle/settle.ts';

const STATS_MS = 1000;
const DRAIN_MS = 8000;
const PRICES_MS = 60_000;

/** The ingest thread: everything between a request's bytes and the store, so that neither decoding nor settling ever blocks HTTP. */
async function main(data: IngestThreadData): Promise<void> {
  const port = parentPort!;
  const send = (message: FromIngest): void => port.postMessage(message);
  const trouble = (message: string): void => send({ type: 'trouble', message });
  const store = await storeFromHandle(data.store);
  const alarm = (message: string): void => send({ type: 'alarm', message });
  const journal = await Journal.open(join(data.dataDir, 'journal'), { acceptLoss: data.recovery.acceptLoss ?? false });
  const interpreter = new Interpreter();
  const settler = new Settler({ lookup: storeLookup(store, () => interpreter.keys), pages: storePages(store, () => interpreter.keys) });
  const books = new Books({
    store,
    journal,
    syncDir: data.storeDir,
    reconcile: data.recovery.reconcile ?? false,
    onLoaded: (segment) => pipeline.loaded(segment),
    onSetAside: (project, traceIds) => pipeline.setAside(project, traceIds),
    onTrouble: trouble,
    onAlarm: alarm,
  });
  const { loader } = books;
  const pipeline = new Pipeline(settler, journal, loader, interpreter, {
    answer: (results) => send({ type: 'results', results }),
    markers: (markers) => send({ type: 'markers', markers }),
    touched: (runs, more) => send({ type: 'touched', runs, more }),
    trouble,
  });
  // What an earlier process acknowledged comes first: settle may only ask a store that has it.
  await books.catchUp();
  const life = new Life({ store, settler, pipeline, loader, settings: data.life, syncDir: data.storeDir, onTrouble: trouble });
  const deleted = await life.open();
  const scrubber = new Scrubber(store, loader, alarm, trouble);
  const stopped = new AbortController();
  const rebuilt = rebuildSeen(store, settler.seen, { stop: stopped.signal, onTrouble: trouble });
  const stats = setInterval(
    () => send({ type: 'stats', stats: { ...pipeline.stats(), ...scrubber.stats(), setAside: books.spansSetAside } }),
    STATS_MS,
  );
  const record = (): Promise<unknown> =>
    recordPrices(store).catch((error: unknown) => trouble(`prices are not recorded: ${String(error)}`));
  let recorded = record();
  const prices = setInterval(() => {
    recorded = record();
  }, PRICES_MS);
  const close = async (): Promise<void> => {
    clearInterval(stats);
    clearInterval(prices);
    // A store that hangs must not hold up those who can be told to come again.
    settler.waitNoMore();
    const scrubbed = scrubber.close();
    await life.close();
    stopped.abort();
    await pipeline.drain();
    await loader.close(DRAIN_MS);
    // What the store did not take in time is in the journal. Nobody waits for a store that hangs.
    const rest = async (): Promise<void> => {
      await rebuilt;
      await recorded;
      await record();
      await scrubbed;
      await store.close();
    };
    if (loader.queued > 0) rest().catch(() => undefined);
    else await rest();
    send({ type: 'closed' });
    port.close();
  };
  port.on('message', (message: ToIngest) => {
    if (message.type === 'request') pipeline.submit(message.request);
    else if (message.type === 'delete') {
      life.delete(message.ask).then(
        (answer) => send({ type: 'deleted', id: message.id, answer }),
        (error: unknown) =>
          send({ type: 'deleted', id: message.id, answer: { failed: error instanceof Error ? error.message : String(error) } }),
      );
    } else close().catch((error: unknown) => send({ type: 'failed', message: String(error) }));
  });
  send({ type: 'ready', deleted });
}

main(workerData as IngestThreadData).catch((error: unknown) => {
  const message: FromIngest = { type: 'failed', message: error instanceof Error ? error.message : String(error) };
  parentPort!.postMessage(message);
  parentPort!.close();
});
