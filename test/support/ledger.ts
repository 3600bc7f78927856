/** Entries for `inbox`, as few columns as the tests look at; the rest takes its default. */
export interface EntryOverrides {
  readonly sign?: 1 | -1;
  readonly ver?: number;
  readonly span?: number;
  readonly kind?: string;
  readonly counted?: 0 | 1;
  readonly visible?: 0 | 1;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cost?: string;
  readonly received?: number;
  /** A map literal of SQL. */
  readonly reasons?: string;
}

/** A SELECT of entries of one run (trace 0xa000), one for each override. */
export function entries(...rows: readonly EntryOverrides[]): string {
  return rows.map(entry).join(' UNION ALL ');
}

function entry(over: EntryOverrides): string {
  const o = {
    sign: 1,
    ver: 1,
    span: 1,
    kind: 'llm',
    counted: 1,
    visible: 1,
    inputTokens: 100,
    outputTokens: 10,
    cost: '0.000001',
    received: 0,
    reasons: 'map()',
    ...over,
  };
  return `SELECT toInt8(${o.sign}) AS sign, 'p' AS project, 'run-1' AS run_id, toUInt128(${0xa000}) AS trace_id, toUInt64(${o.span}) AS span_id,
    toDateTime64('2026-11-22 10:00:00.500', 3, 'UTC') AS seen, toUInt32(${o.ver}) AS ver, toUInt8(${o.visible}) AS visible, toUInt8(${o.counted}) AS counted,
    '${o.kind}' AS kind, 'completed' AS status, 'user-1' AS user_id, 'm1' AS model, 'pr' AS provider,
    toDateTime64('2026-11-22 09:59:00.123456789', 9, 'UTC') AS started_at, toUInt64(1500000000) AS duration_ns, toUInt8(67) AS known,
    toUInt64(${o.inputTokens}) AS input_tokens, toUInt64(${o.outputTokens}) AS output_tokens, toDecimal64('${o.cost}', 12) AS cost,
    'traces' AS log_signal, toUInt32(${o.received}) AS log_received, toUInt32(${o.received}) AS log_booked,
    ${o.reasons}::Map(String, Int64) AS log_reasons`;
}
