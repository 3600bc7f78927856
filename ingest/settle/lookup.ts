import { readFileSync } from 'node:fs';
import { type Params, type Store, StoreError } from '../../schema/index.ts';
import { AttributeTable, type KeyTable, ValueType } from '../decode/attributes.ts';
import { type Draft, Flag, type Kind, type TaskStatus } from '../draft.ts';
import type { TaskRow } from './diff.ts';
import { decodeOwn } from './own.ts';
import { type Enough, LARGE, type Lookup, type Pages } from './settle.ts';
import type { NotCounted, RunStatus, Verdict } from './verdict.ts';

const ROWS = readFileSync(new URL('./lookup.sql', import.meta.url), 'utf8');
/** An answer is one string, and a string has a limit of half a gigabyte: a larger answer is refused, and asked for in parts. */
const MAX_ANSWER = 48_000_000;
const LIMITS = `SETTINGS max_result_bytes = ${MAX_ANSWER}, result_overflow_mode = 'throw'`;
const WHOLE = `${ROWS} LIMIT {rows:UInt32} BY trace_id ${LIMITS}`;
const SPANS = `${ROWS} AND span_id IN (SELECT arrayJoin({spans:Array(UInt64)})) AND span_id BETWEEN {first:UInt64} AND {last:UInt64} ${LIMITS}`;
const PAGE = `${ROWS} AND span_id > {after:UInt64} ORDER BY span_id LIMIT {rows:UInt32}`;
const TOO_MANY_ROWS_OR_BYTES = 396;
/** Traces or spans asked for in one query. */
const AT_ONCE = 2000;
const PAGE_ROWS = 50_000;

interface Stored {
  trace: string;
  span: string;
  parent: string;
  seen_ms: string;
  ver: number;
  run_id: string;
  visible: number;
  counted: number;
  not_counted: NotCounted;
  kind: Kind;
  status: TaskStatus;
  name: string;
  error_type: string;
  provider: string;
  model: string;
  request_model: string;
  feature: string;
  source_id: string;
  user_id: string;
  session_id: string;
  started_ns: string;
  duration_ns: string;
  ttft_ns: string;
  known: number;
  input_tokens: string;
  output_tokens: string;
  cache_read_tokens: string;
  cache_write_tokens: string;
  reasoning_tokens: string;
  reported_pico: string;
  priced_pico: string;
  price_id: string;
  flags: number;
  response_id: string;
  fact_ver: number;
  run_name: string;
  run_status: RunStatus;
  run_tags: string[];
  own: string;
  weight: number;
  content_hash: string;
  inputs: string[];
  outputs: string[];
  context: string;
  keys: string[];
  vals: string[];
  message: string;
  event_list: string;
  link_list: string;
}

/** The third tier of what settle knows: the rows of some traces as the store has them. */
export function storeLookup(store: Store, keys: () => KeyTable): Lookup {
  const read = (sql: string, params: Params): Promise<TaskRow[]> => ask(store, sql, { lean: false, ...params }, keys());
  const spansOf = (project: string, traces: readonly string[], spanIds: readonly string[]): Promise<TaskRow[]> =>
    inParts(spanIds.toSorted(), (ids) => {
      const spans = ids.map(integer);
      return read(SPANS, { project, traces, spans, first: spans[0]!, last: spans.at(-1)! });
    });
  const whole = (project: string, traces: string[]): Promise<TaskRow[]> => read(WHOLE, { project, traces, rows: LARGE + 1 });
  return (project, traceIds, spanIds, enough) => {
    if (spanIds) return spansOf(project, traceIds, spanIds);
    return inParts(
      traceIds,
      (traces) => whole(project, traces),
      enough,
      async (trace) => {
        // Few rows, but very large ones.
        const ids = await read(PAGE, { lean: true, project, traces: [trace], after: '0', rows: LARGE + 1 });
        return spansOf(
          project,
          [trace],
          ids.map(({ draft }) => draft.spanId),
        );
      },
    );
  };
}

/** A trace of any size, in pages. */
export function storePages(store: Store, keys: () => KeyTable): Pages {
  return async function* (project, traceId) {
    for (let after = '0', rows: TaskRow[] = []; ; after = integer(rows.at(-1)!.draft.spanId)) {
      rows = await ask(store, PAGE, { lean: true, project, traces: [traceId], after, rows: PAGE_ROWS }, keys());
      yield rows;
      if (rows.length < PAGE_ROWS) return;
    }
  };
}

async function ask(store: Store, sql: string, params: Params, keys: KeyTable): Promise<TaskRow[]> {
  const stored = await store.query<Stored>(sql, params, { maxSeconds: MAX_SECONDS });
  return stored.map((row) => toRow(row, keys));
}

/** Senders give up after ten seconds, and everybody in the batch waits for the answer. */
const MAX_SECONDS = 10;

const integer = (id: string): string => BigInt(`0x${id}`).toString();

/** Asks for some at a time, and for half of them where the answer is too large: rows differ a thousandfold in size. */
async function inParts(
  ids: readonly string[],
  read: (ids: string[]) => Promise<TaskRow[]>,
  enough?: Enough,
  readOne?: (id: string) => Promise<TaskRow[]>,
): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  const parts: string[][] = [];
  for (let i = 0; i < ids.length; i += AT_ONCE) parts.push(ids.slice(i, i + AT_ONCE));
  for (let part = parts.shift(); part; part = parts.shift()) {
    if (enough && rows.length >= enough.rows) {
      enough.left([part, ...parts].flat());
      break;
    }
    try {
      for (const row of await read(part)) rows.push(row);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== TOO_MANY_ROWS_OR_BYTES) throw error;
      if (part.length === 1) {
        if (!readOne) throw error;
        for (const row of await readOne(part[0]!)) rows.push(row);
        continue;
      }
      const half = part.length >> 1;
      parts.unshift(part.slice(0, half), part.slice(half));
    }
  }
  return rows;
}

/** Flags that resolve sets anew each time. */
const OF_VERDICT = Flag.orphan | Flag.cycleCut | Flag.aggregated;

function toRow(s: Stored, keys: KeyTable): TaskRow {
  const verdict: Verdict = {
    runId: s.run_id,
    visible: s.visible === 1,
    counted: s.counted === 1,
    why: s.not_counted,
    kind: s.kind,
    user: s.user_id,
    session: s.session_id,
    feature: s.feature,
    source: s.source_id,
    flags: s.flags & OF_VERDICT,
    bears: s.fact_ver > 0 ? { name: s.run_name, status: s.run_status, tags: s.run_tags } : null,
  };
  const hash = BigInt(s.content_hash);
  const draft: Draft = {
    traceId: s.trace,
    spanId: s.span,
    parentId: s.parent,
    status: s.status,
    name: s.name,
    errorType: s.error_type,
    errorMessage: s.message,
    provider: s.provider,
    model: s.model,
    requestModel: s.request_model,
    startedAt: BigInt(s.started_ns),
    durationNs: BigInt(s.duration_ns),
    ttftNs: BigInt(s.ttft_ns),
    known: s.known,
    input: Number(s.input_tokens),
    output: Number(s.output_tokens),
    cacheRead: Number(s.cache_read_tokens),
    cacheWrite: Number(s.cache_write_tokens),
    reasoning: Number(s.reasoning_tokens),
    reportedCost: BigInt(s.reported_pico),
    pricedCost: BigInt(s.priced_pico),
    priceId: s.price_id,
    flags: s.flags & ~OF_VERDICT,
    responseId: s.response_id,
    hasEnd: s.status !== 'running',
    weight: s.weight,
    hashHi: Number(hash >> 32n),
    hashLo: Number(hash & 0xffff_ffffn),
    inputRefs: s.inputs,
    outputRefs: s.outputs,
    contextRef: s.context,
    attributes: attributesOf(s.keys, s.vals, keys),
    events: s.event_list,
    links: s.link_list,
    ...decodeOwn(s.own, verdict),
  };
  return { draft, verdict, seen: Number(s.seen_ms), ver: s.ver, factVer: s.fact_ver };
}

/** Stored attributes in the form a new version is written from. */
function attributesOf(names: readonly string[], values: readonly string[], keys: KeyTable): Draft['attributes'] {
  const bytes = Buffer.from(values.join(''));
  const table = new AttributeTable(bytes, keys, names.length);
  let at = 0;
  for (let i = 0; i < names.length; i++) {
    const length = Buffer.byteLength(values[i]!);
    table.push(keys.idOf(names[i]!), ValueType.string, at, length, 0);
    at += length;
  }
  table.shrunk = true;
  table.bytesPerSpan = bytes.length + table.count * 21;
  return { table, from: 0, to: table.count, skip: null };
}
