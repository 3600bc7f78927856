import { readFileSync } from 'node:fs';
import type { Store } from '../../schema/index.ts';
import { AttributeTable, type KeyTable, ValueType } from '../decode/attributes.ts';
import { type Draft, Flag, type Kind, type TaskStatus } from '../draft.ts';
import type { TaskRow } from './diff.ts';
import { decodeOwn } from './own.ts';
import type { Lookup } from './settle.ts';
import type { NotCounted, RunStatus, Verdict } from './verdict.ts';

const SQL = readFileSync(new URL('./lookup.sql', import.meta.url), 'utf8');
/** Traces asked for in one query. */
const AT_ONCE = 2000;

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
  error_message: string;
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
  events: string;
  links: string;
}

/** The third tier of what settle knows: the rows of some traces as the store has them. */
export function storeLookup(store: Store, keys: () => KeyTable): Lookup {
  return async (project, traceIds) => {
    const rows: TaskRow[] = [];
    for (let i = 0; i < traceIds.length; i += AT_ONCE) {
      const stored = await store.query<Stored>(SQL, { project, traces: traceIds.slice(i, i + AT_ONCE) });
      for (const row of stored) rows.push(toRow(row, keys()));
    }
    return rows;
  };
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
    errorMessage: s.error_message,
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
    events: s.events,
    links: s.links,
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
  table.bytesPerSpan = bytes.length + table.count * 21;
  return { table, from: 0, to: table.count, skip: null };
}
