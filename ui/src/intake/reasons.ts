import type { Balance } from '../../../query/contract/index.ts';

interface Explained {
  /** In a few words. */
  title: string;
  /** What it means, and what to do about it where something is to be done. */
  why: string;
}

/** Taken, and no task: nothing is wrong with it. */
const KEPT_OUT: Readonly<Record<string, Explained>> = {
  marker: {
    title: 'Signs of life',
    why: 'They announce a run that has begun and show it as running until its own span comes. They are not tasks.',
  },
  log_without_messages: {
    title: 'Log records without a message',
    why: 'Only records that carry what was said to a model or by it are kept, with their task. The others are counted here.',
  },
  metric_not_stored: {
    title: 'Metrics',
    why: 'They repeat in sum what the spans say one by one, so they are counted here and not stored.',
  },
};

/** Not taken; the sender was told in the answer to its request. */
const REJECTED: Readonly<Record<string, Explained>> = {
  invalid_trace_id: {
    title: 'No valid trace id',
    why: 'A trace id has 16 bytes, not all zero; in JSON 32 hex digits. Logs or metrics sent to /v1/traces look like this too.',
  },
  invalid_span_id: { title: 'No valid span id', why: 'A span id has 8 bytes, not all zero; in JSON 16 hex digits.' },
  malformed_span: { title: 'Cannot be read', why: 'The span breaks the OTLP format. The other spans of its request were taken.' },
  too_many_spans: { title: 'Too many in one request', why: 'A request may hold 50,000 spans. Let the sender batch fewer at a time.' },
  too_many_records: {
    title: 'Too many in one request',
    why: 'A request may hold 50,000 log records. Let the sender batch fewer at a time.',
  },
  deleted: { title: 'Of a deleted run', why: 'The run was deleted. What is sent again of it is refused, so that it does not come back.' },
};

export interface ReasonRow extends Explained {
  /** The word the server has for it. */
  reason: string;
  count: number;
}

export interface ReasonGroups {
  rejected: ReasonRow[];
  keptOut: ReasonRow[];
  /** Reasons this page has no words for. */
  others: ReasonRow[];
}

/** Reasons with what they mean, apart by whether anything is missing because of them; the most frequent first. */
export function reasonGroups({ reasons }: Pick<Balance, 'reasons'>): ReasonGroups {
  const rows = (words: Readonly<Record<string, Explained>>): ReasonRow[] =>
    reasons.flatMap(({ reason, count }) => (words[reason] ? [{ reason, count, ...words[reason] }] : []));
  const others = reasons
    .filter(({ reason }) => !KEPT_OUT[reason] && !REJECTED[reason])
    .map(({ reason, count }) => ({ reason, count, title: reason.replaceAll('_', ' '), why: '' }));
  return { rejected: rows(REJECTED), keptOut: rows(KEPT_OUT), others };
}
