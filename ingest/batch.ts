import type { Draft } from './draft.ts';
import type { Marker } from './interpret/interpret.ts';
import { Texts } from './interpret/texts.ts';
import type { Balance, Detail } from './journal/block.ts';
import type { IngestResult, Signal } from './protocol.ts';

/** What requests brought since the last group commit, for one project. */
export interface ProjectBatch {
  drafts: Draft[];
  markers: Marker[];
  texts: Texts;
  details: Detail[];
  balances: Map<Signal, MutableBalance>;
}

export interface MutableBalance extends Balance {
  received: number;
  booked: number;
  duplicate: number;
  rejected: number;
  reasons: Map<string, number>;
}

/** A request that is answered when its batch is durable, and which part of its project's drafts and details it brought: [from, to). */
export interface Waiting {
  id: number;
  result: IngestResult;
  project: string;
  drafts: readonly [number, number];
  details: readonly [number, number];
}

/** A group commit under construction: all requests in it are answered together, when it is durable. */
export class Batch {
  readonly projects = new Map<string, ProjectBatch>();
  readonly waiting: Waiting[] = [];
  bytes = 0;
  rows = 0;
  readonly openedAt = performance.now();

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  project(id: string): ProjectBatch {
    let batch = this.projects.get(id);
    if (!batch) {
      batch = { drafts: [], markers: [], texts: new Texts(), details: [], balances: new Map() };
      this.projects.set(id, batch);
    }
    return batch;
  }
}

export function balanceOf(batch: ProjectBatch, signal: Signal): MutableBalance {
  let balance = batch.balances.get(signal);
  if (!balance) {
    balance = { signal, received: 0, booked: 0, duplicate: 0, rejected: 0, reasons: new Map() };
    batch.balances.set(signal, balance);
  }
  return balance;
}

export function because(balance: MutableBalance, reason: string, count: number): void {
  balance.reasons.set(reason, (balance.reasons.get(reason) ?? 0) + count);
}
