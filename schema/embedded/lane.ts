import type { Session } from 'chdb';
import { engineError } from '../failure.ts';
import { type Params, StoreError } from '../store.ts';
import { bind, literal, paramText, placeholders } from '../text.ts';

/** One statement on its way to the engine. `tag` marks its text, so that it can be found and killed. */
export interface Job {
  readonly sql: string;
  readonly params: Params;
  /** Seconds in the queue and in the engine together; 0 = no limit. */
  readonly maxSeconds: number;
  readonly tag: string;
  cancelled?: boolean;
}

/** Longest queue of a pool: beyond it an answer would come too late to be of use. */
const MAX_WAITING = 256;

/** The comment that leads a statement's text in system.processes. */
export function mark(tag: string): string {
  return `/*airuns:${tag}*/`;
}

/**
 * Runs jobs on a few sessions, one at a time on each: parameters and limits are state of a session, and the client library's own binding
 * would queue every query of the process behind every other.
 */
export class Lanes {
  private readonly idle: Lane[];
  private readonly waiting: { job: Job; since: number; start: (lane: Lane) => void; refuse: (error: StoreError) => void }[] = [];
  /** Jobs running or waiting. */
  private jobs = 0;
  private drained: (() => void) | undefined;

  constructor(size: number, open: () => Session) {
    this.idle = Array.from({ length: size }, () => new Lane(open));
  }

  /** Resolves to the rows as a JSON array in UTF-8 (empty for a statement without rows); rejects with StoreError. */
  async run(job: Job): Promise<Uint8Array> {
    const since = Date.now();
    this.jobs++;
    try {
      const lane = this.idle.pop() ?? (await this.turn(job, since));
      return await lane.run(job, since).finally(() => this.release(lane));
    } finally {
      if (--this.jobs === 0) this.drained?.();
    }
  }

  /** Resolves when nothing runs or waits. */
  drain(): Promise<void> {
    if (this.jobs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.drained = resolve;
    });
  }

  close(): void {
    for (const lane of this.idle) lane.close();
  }

  private turn(job: Job, since: number): Promise<Lane> {
    if (this.waiting.length >= MAX_WAITING) {
      return Promise.reject(new StoreError('overloaded', `${MAX_WAITING} statements are already waiting for the engine.`));
    }
    return new Promise((start, refuse) => {
      this.waiting.push({ job, since, start, refuse });
    });
  }

  private release(lane: Lane): void {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      if (next.job.cancelled || secondsLeft(next.job, next.since) < 0) {
        next.refuse(new StoreError('timeout', 'The statement ran out of time while it waited for the engine.'));
        continue;
      }
      next.start(lane);
      return;
    }
    this.idle.push(lane);
  }
}

/** One session. It is replaced when a placeholder would otherwise silently take the value of an earlier statement. */
class Lane {
  private session: Session;
  private readonly bound = new Set<string>();

  constructor(private readonly open: () => Session) {
    this.session = open();
  }

  async run(job: Job, since: number): Promise<Uint8Array> {
    if (placeholders(job.sql).some((name) => this.bound.has(name) && !Object.hasOwn(job.params, name))) this.renew();
    const seconds = job.maxSeconds === 0 ? 0 : Math.max(0.001, secondsLeft(job, since));
    const settings = [`max_execution_time=${seconds}`];
    for (const [name, value] of Object.entries(bind(job.sql, job.params))) {
      if (!/^\w+$/.test(name)) throw new StoreError('refused', `'${name}' is no name for a parameter.`);
      this.bound.add(name);
      settings.push(`param_${name}=${literal(paramText(value))}`);
    }
    await send(this.session, `SET ${settings.join(', ')}`);
    return send(this.session, `${mark(job.tag)} ${job.sql}`);
  }

  close(): void {
    this.session.close();
  }

  private renew(): void {
    this.session.close();
    this.bound.clear();
    this.session = this.open();
  }
}

async function send(session: Session, sql: string): Promise<Uint8Array> {
  try {
    return (await session.queryAsync(sql, { format: 'JSONEachRow' })).bytes();
  } catch (error) {
    throw engineError(error instanceof Error ? error.message : String(error), undefined, error);
  }
}

function secondsLeft(job: Job, since: number): number {
  return job.maxSeconds === 0 ? Number.POSITIVE_INFINITY : job.maxSeconds - (Date.now() - since) / 1000;
}
