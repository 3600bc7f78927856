import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { Books, spanKey } from './books.ts';
import { type LogVersion, logsBody, type SpanVersion, tracesBody, Workload } from './workload.ts';

const CONNECTIONS = 6;
/** Spans that wait to be sent: enough for requests to mix several traces, so that parents and children part. */
const POOL = 1200;
const LARGEST_REQUEST = 160;
/** Longer than any answer may take while the store is slow; an answer that never comes must not hold a round. */
const TIMEOUT_MS = 20_000;
const PAUSE_MS = 25;
/** Spans that may still be sent again or corrected. */
const REMEMBERED = 4000;

export interface Counts {
  acknowledged: number;
  /** Requests answered 503. */
  refused: number;
  /** Requests whose answer never came. */
  cut: number;
}

export interface LoadOptions {
  readonly deletes: boolean;
  /** Requests a second at most. Without it: as many as are answered. */
  readonly rate?: number | undefined;
}

/**
 * A sender as exporters are: several connections at once, what is not acknowledged is kept and sent again in other company, what was
 * acknowledged is at times sent once more. It also corrects spans, sends log records, deletes runs and reads.
 */
export class Load {
  readonly books = new Books();
  readonly counts: Counts = { acknowledged: 0, refused: 0, cut: 0 };
  /** Answers that no fault excuses. */
  readonly violations: string[] = [];
  private readonly workload: Workload;
  private readonly pending: SpanVersion[] = [];
  private readonly pendingLogs: LogVersion[] = [];
  private readonly recent: SpanVersion[] = [];
  private readonly underWay = new Map<string, number>();

  constructor(
    private readonly next: () => number,
    private readonly options: LoadOptions,
  ) {
    this.workload = new Workload(next);
  }

  /** Sends to `url` over several connections until `stopped` says so. */
  async run(url: string, stopped: () => boolean): Promise<void> {
    const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const connection = async (): Promise<void> => {
      while (!stopped()) {
        const went = await this.act(url, agent);
        if (this.options.rate) await pause((CONNECTIONS * 1000) / this.options.rate);
        else if (!went) await pause();
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, connection));
    agent.destroy();
  }

  /** Sends what is left, until all that was ever sent is acknowledged. Rejects where that takes more than `seconds`. */
  async drain(url: string, seconds: number): Promise<void> {
    const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const deadline = Date.now() + seconds * 1000;
    try {
      while (this.pending.length + this.pendingLogs.length + this.books.deleting.size > 0) {
        if (Date.now() > deadline)
          throw new Error(`${this.pending.length} spans are not acknowledged after ${seconds} s without any fault`);
        const [run] = this.books.deleting;
        const went = await (this.pending.length > 0
          ? this.sendSpans(url, agent, this.take(LARGEST_REQUEST))
          : this.pendingLogs.length > 0
            ? this.sendLogs(url, agent)
            : this.remove(url, agent, run!));
        if (!went) await pause();
      }
    } finally {
      agent.destroy();
    }
  }

  /** One request of some kind; false where it did not get what it wanted. */
  private act(url: string, agent: http.Agent): Promise<boolean> {
    const chance = this.next();
    if (chance < 0.08 && this.recent.length > 0) return this.sendSpans(url, agent, this.repeat());
    if (chance < 0.14 && this.recent.length > 0) return this.sendLogs(url, agent);
    if (chance < 0.18 && this.options.deletes) {
      const run = this.runToDelete();
      if (run) return this.remove(url, agent, run);
    }
    if (chance < 0.22) return this.read(url, agent);
    while (this.pending.length < POOL) this.pending.push(...this.workload.trace());
    return this.sendSpans(url, agent, this.take(1 + this.below(LARGEST_REQUEST)));
  }

  private async sendSpans(url: string, agent: http.Agent, spans: SpanVersion[]): Promise<boolean> {
    for (const { run } of spans) this.underWay.set(run, (this.underWay.get(run) ?? 0) + 1);
    const status = await this.post(`${url}/v1/traces`, agent, tracesBody(spans));
    for (const { run } of spans) {
      const left = this.underWay.get(run)! - 1;
      if (left === 0) this.underWay.delete(run);
      else this.underWay.set(run, left);
    }
    if (status !== 200) {
      this.pending.push(...spans);
      return false;
    }
    this.books.book(spans);
    for (const span of spans) {
      if (span.call && this.next() < 0.06) this.pending.push(this.workload.correction(this.books.spans.get(spanKey(span))!));
      if (this.recent.length < REMEMBERED) this.recent.push(span);
      else this.recent[this.below(REMEMBERED)] = span;
    }
    return true;
  }

  private async sendLogs(url: string, agent: http.Agent): Promise<boolean> {
    const logs = this.pendingLogs.splice(0);
    for (let i = logs.length === 0 ? 1 + this.below(8) : 0; i > 0; i--) logs.push(this.workload.log(this.pick()));
    const status = await this.post(`${url}/v1/logs`, agent, logsBody(logs));
    if (status === 200) this.books.bookLogs(logs);
    else this.pendingLogs.push(...logs);
    return status === 200;
  }

  /** 202: it will be. 404 is an answer to a repeat only: a run that was acknowledged and is not loaded yet is unknown, too. */
  private async remove(url: string, agent: http.Agent, run: string): Promise<boolean> {
    const again = this.books.deleting.has(run);
    const status = await this.request(`${url}/api/runs/${run}`, agent, 'DELETE');
    if (status === 204 || status === 202 || (status === 404 && again)) {
      this.books.deleting.delete(run);
      this.books.deleted.add(run);
      return true;
    }
    if (status === 0 || status >= 500) this.books.deleting.add(run);
    return false;
  }

  private async read(url: string, agent: http.Agent): Promise<boolean> {
    const paths = ['/api/runs?limit=20', '/api/analytics/summary', '/api/analytics/breakdown?by=model', '/api/ingest', '/readyz'];
    const status = await this.request(`${url}${paths[this.below(paths.length)]}`, agent, 'GET');
    if (status >= 400 && status < 500) this.violations.push(`a read was answered ${status}`);
    return status === 200;
  }

  private async post(url: string, agent: http.Agent, body: Buffer): Promise<number> {
    const gzip = this.next() < 0.5;
    const coding = gzip ? { 'content-encoding': 'gzip' } : {};
    const status = await this.request(url, agent, 'POST', gzip ? gzipSync(body) : body, coding);
    if (status === 200) this.counts.acknowledged++;
    else if (status === 503) this.counts.refused++;
    else if (status === 0) this.counts.cut++;
    else this.violations.push(`a request was answered ${status}`);
    return status;
  }

  /** The status, 0 where no whole answer came. */
  private request(url: string, agent: http.Agent, method: string, body?: Buffer, headers: Record<string, string> = {}): Promise<number> {
    return new Promise((resolve) => {
      const type = body && { 'content-type': 'application/x-protobuf', 'content-length': body.length };
      const request = http.request(url, { method, agent, headers: { ...type, ...headers } }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.complete ? (response.statusCode ?? 0) : 0));
        response.on('error', () => resolve(0));
      });
      request.setTimeout(TIMEOUT_MS, () => request.destroy());
      request.on('error', () => resolve(0));
      request.on('close', () => resolve(0));
      request.end(body);
    });
  }

  /** Some of what waits, from anywhere in it. */
  private take(count: number): SpanVersion[] {
    const taken: SpanVersion[] = [];
    while (taken.length < count && this.pending.length > 0) {
      const i = this.below(this.pending.length);
      taken.push(this.pending[i]!);
      this.pending[i] = this.pending.at(-1)!;
      this.pending.pop();
    }
    return taken;
  }

  private repeat(): SpanVersion[] {
    return Array.from({ length: 1 + this.below(60) }, () => this.pick());
  }

  private pick(): SpanVersion {
    return this.recent[this.below(this.recent.length)]!;
  }

  /** A run that is whole and quiet: what deletion means for spans that were never sent before is another question than whether it holds. */
  private runToDelete(): string | undefined {
    const { run, traceId } = this.recent[this.below(this.recent.length)] ?? { run: '', traceId: ' ' };
    const { deleted, deleting } = this.books;
    if (run !== traceId || deleted.has(run) || deleting.has(run) || this.underWay.has(run)) return undefined;
    return this.pending.some((span) => span.run === run) ? undefined : run;
  }

  private below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
}

const pause = (ms = PAUSE_MS): Promise<void> => new Promise((done) => setTimeout(done, ms));
