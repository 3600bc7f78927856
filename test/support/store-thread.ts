/** A thread of the tests that uses the store as the ingest thread does. */
import { parentPort, workerData } from 'node:worker_threads';
import { storeFromHandle } from '../../schema/index.ts';

const store = await storeFromHandle(workerData);
await store.command('CREATE TABLE threads (n UInt64) ENGINE = Memory');
await store.command('INSERT INTO threads SELECT number FROM numbers(3)');
const rows = await store.query('SELECT {text:String} AS text, count() AS n FROM threads', { text: 'from a thread' });
await store.close();
parentPort!.postMessage(rows);
