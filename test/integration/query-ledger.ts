import type { Store } from '../../schema/index.ts';

/** An entry of the ledger as tests write it; what is left out takes the column's default. */
export interface Entry {
  sign?: 1 | -1 | 0;
  project?: string;
  run?: string;
  /** 32 hex digits. */
  trace?: string;
  /** 16 hex digits. */
  span?: string;
  parent?: string;
  /** Times are `YYYY-MM-DD hh:mm:ss[.fraction]` in UTC. */
  seen?: string;
  started?: string;
  ver?: number;
  visible?: 0 | 1;
  counted?: 0 | 1;
  notCounted?: string;
  kind?: string;
  status?: string;
  name?: string;
  errorType?: string;
  errorMessage?: string;
  provider?: string;
  model?: string;
  requestModel?: string;
  feature?: string;
  source?: string;
  user?: string;
  session?: string;
  durationMs?: number;
  ttftMs?: number;
  /** [input, output, cache read, cache write, reasoning]; null = not reported. */
  tokens?: readonly (number | null)[];
  reportedCost?: string;
  pricedCost?: string;
  priceId?: string;
  flags?: number;
  responseId?: string;
  /** Facts of the run; the entry bears them. */
  fact?: { ver?: number; name?: string; status?: string; tags?: string[] } | undefined;
  /** Texts sent and answered: stored as messages and referred to by their hash. */
  input?: readonly string[];
  output?: readonly string[];
  attributes?: Record<string, string>;
  events?: string;
  links?: string;
  details?: readonly { trace: string; span: string; at: string; side: 'input' | 'output'; text: string }[];
  log?: { signal: string; received: number; booked: number; duplicate: number; rejected: number; reasons: Record<string, number> };
}

const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`;
const list = (items: readonly string[]) => `[${items.join(',')}]`;
const hex128 = (hex: string) => `reinterpretAsUInt128(reverse(unhex(${quote(hex)})))`;
const hex64 = (hex: string) => `reinterpretAsUInt64(reverse(unhex(${quote(hex.padStart(16, '0'))})))`;
const hash = (text: string) => `reinterpretAsUInt128(sipHash128(${quote(text)}))`;
const map = (entries: [string, string][]) => `map(${entries.flat().join(',')})`;

function columns(entry: Entry): Record<string, string> {
  const tokens = entry.tokens ?? [];
  const reported = entry.reportedCost !== undefined;
  const priced = entry.pricedCost !== undefined;
  const known =
    tokens.reduce<number>((bits, count, i) => (count === null ? bits : bits | (1 << i)), 0) | (reported ? 32 : 0) | (priced ? 64 : 0);
  const started = entry.started ?? '2026-11-20 10:00:00';
  const texts = [...(entry.input ?? []), ...(entry.output ?? []), ...(entry.details ?? []).map((detail) => detail.text)];
  const details = entry.details ?? [];
  return {
    sign: String(entry.sign ?? 1),
    project: quote(entry.project ?? 'default'),
    run_id: quote(entry.run ?? entry.trace ?? ''),
    trace_id: hex128(entry.trace ?? '00'.repeat(16)),
    span_id: hex64(entry.span ?? '1'),
    parent_id: hex64(entry.parent ?? '0'),
    seen: quote(entry.seen ?? started),
    ver: String(entry.ver ?? 1),
    visible: String(entry.visible ?? 1),
    counted: String(entry.counted ?? (entry.kind === 'llm' || entry.kind === undefined ? 1 : 0)),
    not_counted: quote(entry.notCounted ?? ''),
    kind: quote(entry.kind ?? 'llm'),
    status: quote(entry.status ?? 'completed'),
    name: quote(entry.name ?? 'chat'),
    error_type: quote(entry.errorType ?? ''),
    error_message: quote(entry.errorMessage ?? ''),
    provider: quote(entry.provider ?? ''),
    model: quote(entry.model ?? ''),
    request_model: quote(entry.requestModel ?? entry.model ?? ''),
    feature: quote(entry.feature ?? 'custom'),
    source_id: quote(entry.source ?? ''),
    user_id: quote(entry.user ?? ''),
    session_id: quote(entry.session ?? ''),
    started_at: quote(started),
    duration_ns: String(Math.round((entry.durationMs ?? 1000) * 1e6)),
    ttft_ns: String(Math.round((entry.ttftMs ?? 0) * 1e6)),
    known: String(known),
    input_tokens: String(tokens[0] ?? 0),
    output_tokens: String(tokens[1] ?? 0),
    cache_read_tokens: String(tokens[2] ?? 0),
    cache_write_tokens: String(tokens[3] ?? 0),
    reasoning_tokens: String(tokens[4] ?? 0),
    cost: entry.reportedCost ?? entry.pricedCost ?? '0',
    reported_cost: entry.reportedCost ?? '0',
    priced_cost: entry.pricedCost ?? '0',
    price_id: quote(entry.priceId ?? ''),
    flags: String(entry.flags ?? 0),
    response_id: quote(entry.responseId ?? ''),
    fact_ver: String(entry.fact ? (entry.fact.ver ?? 1) : 0),
    run_name: quote(entry.fact?.name ?? ''),
    run_status: quote(entry.fact ? (entry.fact.status ?? 'completed') : ''),
    run_tags: list((entry.fact?.tags ?? []).map(quote)),
    input_refs: list((entry.input ?? []).map(hash)),
    output_refs: list((entry.output ?? []).map(hash)),
    attributes: map(Object.entries(entry.attributes ?? {}).map(([key, value]) => [quote(key), quote(value)])),
    events: quote(entry.events ?? ''),
    links: quote(entry.links ?? ''),
    text_hash: list(texts.map(hash)),
    text_body: list(texts.map(quote)),
    detail_trace: list(details.map((detail) => hex128(detail.trace))),
    detail_span: list(details.map((detail) => hex64(detail.span))),
    detail_at: list(details.map((detail) => `toDateTime64(${quote(detail.at)}, 9, 'UTC')`)),
    detail_side: list(details.map((detail) => quote(detail.side))),
    detail_hash: list(details.map((detail) => hash(detail.text))),
    log_signal: quote(entry.log?.signal ?? ''),
    log_received: String(entry.log?.received ?? 0),
    log_booked: String(entry.log?.booked ?? 0),
    log_duplicate: String(entry.log?.duplicate ?? 0),
    log_rejected: String(entry.log?.rejected ?? 0),
    log_reasons: map(Object.entries(entry.log?.reasons ?? {}).map(([key, count]) => [quote(key), `toInt64(${count})`])),
  };
}

/** Books entries as the loader would: everything enters through the inbox. */
export async function book(store: Store, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(columns);
  const names = Object.keys(rows[0]!);
  const values = rows.map((row) => `(${names.map((name) => row[name]).join(', ')})`);
  await store.command(`INSERT INTO inbox (${names.join(', ')}) VALUES ${values.join(', ')}`);
}
