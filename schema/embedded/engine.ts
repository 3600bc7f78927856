/** The thread that owns chDB: it opens the sessions, serves any number of ports, and closes when its owner says so. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import chdb from 'chdb';
import { StoreError } from '../store.ts';
import { EXACT_INSERT, literal } from '../text.ts';
import { type Job, Lanes, mark } from './lane.ts';
import type { Control, EngineSettings, Failure, Reply, Report, Request } from './protocol.ts';
import { openSession } from './sessions.ts';

const { drainPending } = chdb;

class Engine {
  private readonly inserts: Lanes;
  private readonly commands: Lanes;
  private readonly reads: Lanes;
  /** Kept free for KILL: it must get through when every other session is busy. */
  private readonly killer: Lanes;
  private jobs = 0;

  constructor(settings: EngineSettings) {
    this.inserts = new Lanes(1, () => openSession(settings, 'insert'));
    this.commands = new Lanes(1, () => openSession(settings, 'command'));
    this.killer = new Lanes(1, () => openSession(settings, 'command'));
    this.reads = new Lanes(settings.readers, () => openSession(settings, 'read'));
  }

  serve(port: MessagePort): void {
    const jobs = new Map<number, Job>();
    port.on('message', (request: Request) => {
      if (request.verb === 'cancel') {
        const job = jobs.get(request.id);
        if (job) this.kill(job);
        return;
      }
      const job = toJob(request, String(++this.jobs));
      jobs.set(request.id, job);
      this.lanes(request)
        .run(job)
        .then(
          (bytes) => reply(port, request.id, bytes),
          (error) => port.postMessage({ id: request.id, failure: toFailure(error) } satisfies Reply),
        )
        .finally(() => jobs.delete(request.id));
    });
    port.on('close', () => {
      for (const job of jobs.values()) job.cancelled = true;
    });
  }

  async close(): Promise<void> {
    const all = [this.inserts, this.commands, this.reads, this.killer];
    await Promise.all(all.map((lanes) => lanes.drain()));
    for (const lanes of all) lanes.close();
    await drainPending();
  }

  private lanes(request: Request): Lanes {
    if (request.verb === 'insertFile') return this.inserts;
    return request.verb === 'query' ? this.reads : this.commands;
  }

  private kill(job: Job): void {
    job.cancelled = true;
    const sql = `KILL QUERY WHERE startsWith(query, ${literal(mark(job.tag))}) ASYNC`;
    // Best effort by contract: the query may just have ended.
    this.killer.run({ sql, params: {}, maxSeconds: 0, tag: 'kill' }).catch(() => undefined);
  }
}

function toJob(request: Exclude<Request, { verb: 'cancel' }>, tag: string): Job {
  if (request.verb === 'query') return { sql: request.sql, params: request.params, maxSeconds: request.maxSeconds, tag };
  if (request.verb === 'command') return { sql: request.sql, params: request.params, maxSeconds: 0, tag };
  const settings = [...Object.entries(EXACT_INSERT), ['insert_deduplication_token', literal(request.token)]];
  const list = settings.map(([name, value]) => `${name}=${value}`).join(', ');
  const sql = `INSERT INTO ${request.table} FROM INFILE ${literal(request.file)} SETTINGS ${list} FORMAT Native`;
  return { sql, params: {}, maxSeconds: 0, tag };
}

/** The engine may hand out a slice of a larger buffer; only a whole one can be moved. */
function reply(port: MessagePort, id: number, bytes: Uint8Array): void {
  const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  port.postMessage({ id, json: whole } satisfies Reply, [whole.buffer as ArrayBuffer]);
}

function toFailure(error: unknown): Failure {
  if (error instanceof StoreError) return { reason: error.reason, message: error.message, code: error.code };
  return { reason: 'unavailable', message: error instanceof Error ? error.message : String(error), code: undefined };
}

function report(state: Report): void {
  parentPort!.postMessage(state);
}

function main(): void {
  let engine: Engine;
  try {
    engine = new Engine(workerData as EngineSettings);
  } catch (error) {
    report({ state: 'failed', failure: toFailure(error) });
    return;
  }
  parentPort!.on('message', (control: Control) => {
    if (control.verb === 'port') engine.serve(control.port);
    else
      engine.close().then(() => {
        report({ state: 'closed' });
        parentPort!.close();
      });
  });
  report({ state: 'open' });
}

main();
