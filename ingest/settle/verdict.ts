import type { Kind } from '../draft.ts';

export type NotCounted =
  | ''
  | 'not_a_model_call'
  | 'same_call_inner'
  | 'same_call_outer'
  | 'same_response_id'
  | 'usage_below'
  | 'aggregated_by_sender'
  /** The task was deleted: its row says that it was there, and nothing of what it was. */
  | 'deleted';

export type RunStatus = 'running' | 'completed' | 'failed' | 'cancelled';

/** Facts of the run that one row of each trace bears (name, status, tags); the others are on every row. */
export interface BorneFacts {
  name: string;
  status: RunStatus;
  tags: readonly string[];
}

/** What the set of spans of a trace says about one of them. */
export interface Verdict {
  runId: string;
  /** The trace is a run: it has an AI span that is more than set-up. */
  visible: boolean;
  counted: boolean;
  why: NotCounted;
  kind: Kind;
  user: string;
  session: string;
  feature: string;
  source: string;
  /** Bits of Flag that depend on the other spans. */
  flags: number;
  bears: BorneFacts | null;
}

/** A span as it is booked. `ver` counts its versions, `seen` (ms since the epoch) is when the first was booked. */
export interface Row<D> {
  draft: D;
  verdict: Verdict;
  seen: number;
  ver: number;
  /** 0 where the row bears no facts; otherwise higher than that of every earlier bearer of the trace. */
  factVer: number;
}
