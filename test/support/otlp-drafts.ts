import { AttributeTable, KeyTable } from '../../ingest/decode/attributes.ts';
import type { Draft } from '../../ingest/draft.ts';
import { byStart, resolve } from '../../ingest/settle/resolve.ts';
import type { Verdict } from '../../ingest/settle/verdict.ts';

export const TRACE = '0af7651916cd43dd8448eb211c80319c';
/** 2026-11-22 10:00 UTC in nanoseconds. */
export const START = 1_795_341_600_000_000_000n;
const SECOND = 1_000_000_000n;

const nothing = new AttributeTable(Buffer.alloc(0), new KeyTable());

/** A span id that a reader recognises: the letters of a short name in hex. */
export const spanIdOf = (name: string): string => Buffer.from(name).toString('hex').padStart(16, '0').slice(-16);

/** A finished `other` span of one second without anything to say. */
export function makeDraft(over: Partial<Draft> = {}): Draft {
  return {
    traceId: TRACE,
    spanId: spanIdOf('a'),
    parentId: '',
    kind: 'other',
    status: 'completed',
    name: 'span',
    errorType: '',
    errorMessage: '',
    provider: '',
    model: '',
    requestModel: '',
    startedAt: START,
    durationNs: SECOND,
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
    hasEnd: true,
    weight: 1,
    hashHi: 1,
    hashLo: 1,
    ownRunId: '',
    ownUser: '',
    ownSession: '',
    ownFeature: '',
    ownSource: '',
    ownTags: [],
    runName: '',
    runNameRank: 1000,
    rootName: '',
    rootNameRank: 1000,
    inputRefs: [],
    outputRefs: [],
    contextRef: '',
    attributes: { table: nothing, from: 0, to: 0, skip: null },
    events: '',
    links: '',
    ...over,
  };
}

/** What a test says of a span: the parent by its short name, usage as [input, output]. */
export interface SpanShape extends Partial<Omit<Draft, 'spanId' | 'parentId'>> {
  readonly in?: string;
  readonly usage?: readonly [number, number];
  /** Seconds after the first span; spans start in the order they are written down. */
  readonly at?: number;
}

export function draftOf(id: string, { in: parent = '', usage, at = 0, ...over }: SpanShape): Draft {
  return makeDraft({
    spanId: spanIdOf(id),
    parentId: parent === '' ? '' : spanIdOf(parent),
    name: id,
    startedAt: START + BigInt(at) * SECOND,
    ...(usage ? { known: 3, input: usage[0], output: usage[1] } : {}),
    ...over,
  });
}

/** The drafts of one trace; spans start one second after the other in the order written. */
export function draftsOf(spans: Readonly<Record<string, SpanShape>>): Draft[] {
  return Object.entries(spans).map(([id, shape], i) => draftOf(id, { at: i, ...shape }));
}

/** The verdicts on a trace, by the short names of its spans. */
export function verdictsOf<Id extends string>(spans: Readonly<Record<Id, SpanShape>>): Record<Id, Verdict> {
  const drafts = draftsOf(spans).sort(byStart);
  const verdicts = resolve(drafts);
  const ids = Object.keys(spans) as Id[];
  return Object.fromEntries(ids.map((id) => [id, verdicts[drafts.findIndex((d) => d.spanId === spanIdOf(id))]!])) as Record<Id, Verdict>;
}
