import type { Marker } from '../interpret/interpret.ts';
import type { Touched } from '../protocol.ts';

/** A run that announced itself and has not ended, known from its start marker. Instants are RFC 3339 in UTC. */
export interface LiveRun {
  runId: string;
  name: string;
  feature: 'prompt' | 'chat' | 'applet' | 'cockpit' | 'workflow' | 'custom';
  sourceId: string | null;
  userId: string | null;
  sessionId: string | null;
  traceId: string;
  startedAt: string;
  lastSignalAt: string;
}

export interface LiveEvent {
  type: 'run.started' | 'run.updated' | 'run.finished';
  runId: string;
  at: string;
  tasks: number;
}

/** Without a sign of life for this long a marker is forgotten: its run shows as what is booked of it. */
const STALE_MS = 5 * 60_000;
const MAX_RUNS = 10_000;
const FEATURES = new Set(['prompt', 'chat', 'applet', 'cockpit', 'workflow', 'custom']);

/**
 * What is going on right now: runs that announced themselves, and an event for each run that a batch touched, after the store has it.
 * In memory only: a marker is no entry of the books, and a restart forgets it.
 */
export class Live {
  readonly #runs = new Map<string, LiveRun>();
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  #sweptAt = 0;

  /** Runs under way, oldest first. */
  runs(): LiveRun[] {
    this.#forgetStale();
    return [...this.#runs.values()];
  }

  /** Calls the listener for every event until the returned function is called. */
  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  marked(markers: readonly Marker[]): void {
    const now = new Date().toISOString();
    for (const m of markers) {
      const known = this.#runs.get(m.traceId);
      if (known) {
        known.lastSignalAt = now;
        continue;
      }
      if (this.#full()) continue;
      this.#runs.set(m.traceId, {
        runId: m.runId,
        name: m.name,
        feature: (FEATURES.has(m.feature) ? m.feature : 'custom') as LiveRun['feature'],
        sourceId: m.sourceId || null,
        userId: m.userId || null,
        sessionId: m.sessionId || null,
        traceId: m.traceId,
        startedAt: instant(m.startedAt) ?? now,
        lastSignalAt: now,
      });
      this.#emit({ type: 'run.started', runId: m.runId, at: now, tasks: 0 });
    }
  }

  touched(runs: readonly Touched[]): void {
    const now = new Date().toISOString();
    for (const t of runs) {
      const live = this.#runs.get(t.traceId);
      if (live) live.lastSignalAt = now;
      if (t.finished) this.#runs.delete(t.traceId);
      const type = t.finished ? 'run.finished' : t.isNew && !live ? 'run.started' : 'run.updated';
      this.#emit({ type, runId: t.runId, at: now, tasks: t.tasks });
    }
  }

  #emit(event: LiveEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        // Its own affair: the others still want to hear.
      }
    }
  }

  #forgetStale(): void {
    this.#sweptAt = Date.now();
    const stale = new Date(this.#sweptAt - STALE_MS).toISOString();
    for (const [traceId, run] of this.#runs) if (run.lastSignalAt < stale) this.#runs.delete(traceId);
  }

  /** Looks for runs to forget at most once a second: a flood of markers must not search them all each time. */
  #full(): boolean {
    if (this.#runs.size >= MAX_RUNS && Date.now() - this.#sweptAt > 1000) this.#forgetStale();
    return this.#runs.size >= MAX_RUNS;
  }
}

function instant(ns: bigint): string | null {
  const ms = Number(ns / 1_000_000n);
  if (ms < 946_684_800_000 || ms > 4_102_444_800_000) return null;
  return `${new Date(ms).toISOString().slice(0, 19)}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
}
