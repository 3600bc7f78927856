import { AttributeTable, decodeAnyValue, type KeyTable, readKeyValue } from './attributes.ts';
import { LIMITS } from './otlp.ts';
import { WireReader } from './wire.ts';

/** A log record as sent; body is decoded, attributes are rows [from, to) of the batch's table. */
export interface LogRecord {
  traceId: string;
  spanId: string;
  eventName: string;
  at: bigint;
  body: unknown;
  from: number;
  to: number;
}

export interface LogBatch {
  attributes: AttributeTable;
  records: LogRecord[];
  /** Records beyond the limit of a request. */
  rejected: number;
}

/** Decodes an ExportLogsServiceRequest (opentelemetry-proto, logs/v1). Throws MalformedError where the bytes are not one. */
export function decodeLogs(bytes: Buffer, keys: KeyTable): LogBatch {
  const batch: LogBatch = { attributes: new AttributeTable(bytes, keys), records: [], rejected: 0 };
  const r = new WireReader(bytes);
  each(r, bytes.length, 10, (resourceEnd) => {
    each(r, resourceEnd, 18, (scopeEnd) => {
      each(r, scopeEnd, 18, (recordEnd) => {
        if (batch.records.length < LIMITS.maxRecords) batch.records.push(readRecord(r, recordEnd, batch.attributes));
        else batch.rejected++;
      });
    });
  });
  return batch;
}

/** Calls `visit` with the end of every submessage of field tag `wanted`; passes over the rest. */
function each(r: WireReader, end: number, wanted: number, visit: (end: number) => void): void {
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === wanted) {
      const to = r.limit(end);
      visit(to);
      r.pos = to;
    } else r.skip(tag & 7, end);
  }
}

function readRecord(r: WireReader, end: number, table: AttributeTable): LogRecord {
  const record: LogRecord = { traceId: '', spanId: '', eventName: '', at: 0n, body: null, from: table.count, to: 0 };
  let observed = 0n;
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === 9 || tag === 89) {
      const time = r.fixed64(end);
      if (tag === 9) record.at = time;
      else observed = time;
    } else if (tag === 42) {
      const to = r.limit(end);
      record.body = decodeAnyValue(r.bytes, r.pos, to);
      r.pos = to;
    } else if (tag === 50 && table.count - record.from < LIMITS.maxAttributes) readKeyValue(r, r.limit(end), table);
    else if (tag === 74 || tag === 82) {
      const to = r.limit(end);
      const id = r.bytes.toString('hex', r.pos, to);
      if (tag === 74) record.traceId = id;
      else record.spanId = id;
      r.pos = to;
    } else if (tag === 98) {
      const to = r.limit(end);
      record.eventName = r.bytes.toString('utf8', r.pos, to);
      r.pos = to;
    } else r.skip(tag & 7, end);
  }
  if (record.at === 0n) record.at = observed;
  record.to = table.count;
  return record;
}
