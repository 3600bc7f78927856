import { AttributeTable } from '../decode/attributes.ts';
import type { Draft } from '../draft.ts';
import type { TaskRow } from './diff.ts';
import type { Verdict } from './verdict.ts';

/**
 * What is left of a span that was deleted: its place in the tree, so that the rest of the trace stands as it stood, and its run, which spans
 * below it inherit. Every figure, name and text is gone.
 */
export function bareOf(draft: Draft, runId: string): Draft {
  const { traceId, spanId, parentId, status, startedAt, hasEnd } = draft;
  return {
    traceId,
    spanId,
    parentId,
    kind: 'other',
    status,
    name: '',
    errorType: '',
    errorMessage: '',
    provider: '',
    model: '',
    requestModel: '',
    startedAt,
    durationNs: 0n,
    ttftNs: 0n,
    known: 0,
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
    reasoning: 0,
    reportedCost: 0n,
    pricedCost: 0n,
    priceId: '',
    flags: 0,
    responseId: '',
    hasEnd,
    weight: 0,
    hashHi: 0,
    hashLo: 0,
    ownRunId: runId,
    ownUser: '',
    ownSession: '',
    ownFeature: '',
    ownSource: '',
    ownTags: NONE,
    runName: '',
    runNameRank: 1000,
    rootName: '',
    rootNameRank: 1000,
    inputRefs: NONE,
    outputRefs: NONE,
    contextRef: '',
    attributes: { table: new AttributeTable(NO_BYTES, draft.attributes.table.keyTable, 0), from: 0, to: 0, skip: null },
    events: '',
    links: '',
  };
}

/** The verdict "absent". */
export const goneVerdict = (runId: string): Verdict => ({
  runId,
  visible: false,
  counted: false,
  why: 'deleted',
  kind: 'other',
  user: '',
  session: '',
  feature: '',
  source: '',
  flags: 0,
  bears: null,
});

export const isGone = (row: TaskRow): boolean => row.verdict.why === 'deleted';

const NONE: readonly string[] = Object.freeze([]);
const NO_BYTES = Buffer.alloc(0);
