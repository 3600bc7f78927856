import type { AttributeTable } from './decode/attributes.ts';

export const KINDS = ['llm', 'embedding', 'tool', 'retrieval', 'agent', 'step', 'other'] as const;
export type Kind = (typeof KINDS)[number];
export type TaskStatus = 'running' | 'completed' | 'failed' | 'cancelled';

/** Bits of the `known` column: a figure whose bit is not set is unknown, never zero. */
export const Known = { input: 1, output: 2, cacheRead: 4, cacheWrite: 8, reasoning: 16, reportedCost: 32, pricedCost: 64 } as const;
export const HAS_USAGE = Known.input | Known.output;

/** Bits of the `flags` column: notes on the data of a span that a reader should see. */
export const Flag = {
  timeAnomaly: 1,
  truncated: 2,
  attributesDropped: 4,
  aggregated: 8,
  valueOutOfRange: 16,
  orphan: 32,
  cycleCut: 64,
  createAgent: 128,
  /** The start is the time of arrival, because none was sent that can be used. */
  arrivalTime: 256,
} as const;

/** Longest attribute value that is kept in bytes; the rest is cut and the span flagged. */
export const MAX_VALUE = 65_536;

/** A text by content: 32 hex digits of SHA-256, and its bytes in the request they came with. */
export interface TextSlice {
  bytes: Buffer;
  from: number;
  to: number;
}

/** The stored attributes of a span: rows of a table; `skip` marks rows that are kept as texts instead. */
export interface AttributeView {
  table: AttributeTable;
  from: number;
  to: number;
  skip: ReadonlySet<number> | null;
}

/**
 * What one version of a span says of itself, in normal form (input includes cached tokens, output includes reasoning). Which run it belongs to
 * and whether it counts is not here: that depends on the other spans of its trace (see settle/resolve.ts).
 */
export interface Draft {
  traceId: string;
  spanId: string;
  parentId: string;
  kind: Kind;
  status: TaskStatus;
  name: string;
  errorType: string;
  errorMessage: string;
  provider: string;
  model: string;
  requestModel: string;
  /** Nanoseconds since the epoch, within what the store can hold. */
  startedAt: bigint;
  durationNs: bigint;
  /** 0 = unknown. */
  ttftNs: bigint;
  known: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  reasoning: number;
  reportedCost: bigint;
  pricedCost: bigint;
  priceId: string;
  flags: number;
  responseId: string;
  /** Only a span with an end is complete; one without is replaced by any version that has one. */
  hasEnd: boolean;
  weight: number;
  hashHi: number;
  hashLo: number;
  /** Facts of the run, as this span alone knows them; empty = it does not say. */
  ownRunId: string;
  ownUser: string;
  ownSession: string;
  ownFeature: string;
  ownSource: string;
  ownTags: readonly string[];
  /** Best name for the run among sources that hold on any span, with its rank (lower wins). */
  runName: string;
  runNameRank: number;
  /** The same among sources that only hold on a root. */
  rootName: string;
  rootNameRank: number;
  inputRefs: readonly string[];
  outputRefs: readonly string[];
  /** Resource and scope, stored as a text of its own. */
  contextRef: string;
  attributes: AttributeView;
  /** JSON, or empty. */
  events: string;
  links: string;
}

export const hasUsage = (d: Draft): boolean => (d.known & HAS_USAGE) !== 0;
export const isCall = (kind: Kind): boolean => kind === 'llm' || kind === 'embedding';
