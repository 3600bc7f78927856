import { gunzipSync } from 'node:zlib';
import { type Batch, balanceOf, because } from './batch.ts';
import { logsFromJson, metricGroupsInJson, tracesFromJson } from './decode/json.ts';
import { decodeLogs, type LogRecord } from './decode/logs.ts';
import { decodeTraces } from './decode/otlp.ts';
import type { RejectionReason } from './decode/span.ts';
import { MalformedError, WireReader } from './decode/wire.ts';
import { type EventMessage, eventMessages } from './interpret/genai-events.ts';
import type { Interpreter } from './interpret/interpret.ts';
import { plainText } from './interpret/plain.ts';
import { attributesObject } from './interpret/surroundings.ts';
import type { Texts } from './interpret/texts.ts';
import type { Detail } from './journal/block.ts';
import { price } from './price/price.ts';
import type { IngestRequest, IngestResult } from './protocol.ts';

/** The largest body after inflation. The OTLP specification's default. */
export const MAX_BODY = 64 * 1024 * 1024;
/** A body that inflates to more than this many times its size is a bomb, unless it is small: telemetry that repeats itself stays below 100. */
const MAX_RATIO = 200;
const FREE_SIZE = 1024 * 1024;

class TooLargeError extends Error {}

/**
 * Takes one request through decode, interpret and price into the batch. The answer in return is what the sender is told once the batch is
 * durable. A request that is refused as a whole adds nothing; one whose spans are all refused adds them to the balance.
 */
export function accept(request: IngestRequest, batch: Batch, interpreter: Interpreter, now: number): IngestResult {
  try {
    const body = inflate(request);
    if (request.signal === 'traces') return acceptTraces(body, request, batch, interpreter, now);
    if (request.signal === 'logs') return acceptLogs(body, request, batch, interpreter);
    return acceptMetrics(body, request, batch);
  } catch (error) {
    if (error instanceof MalformedError) return { outcome: 'malformed', message: error.message };
    if (error instanceof TooLargeError) return { outcome: 'too_large', message: error.message };
    throw error;
  }
}

function inflate(request: IngestRequest): Buffer {
  const raw = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength);
  if (!request.gzip || raw.length === 0) return raw;
  const most = Math.min(MAX_BODY, Math.max(FREE_SIZE, raw.length * MAX_RATIO));
  try {
    return gunzipSync(raw, { maxOutputLength: most });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const why = most < MAX_BODY ? `${MAX_RATIO} times its size` : `${MAX_BODY} bytes`;
      throw new TooLargeError(`the body is larger than ${why} after decompression; send smaller batches`);
    }
    throw new MalformedError('the body is not valid gzip');
  }
}

const RULES: Record<RejectionReason, string> = {
  invalid_trace_id: 'trace_id must be 16 bytes, not all zero (in JSON: 32 hex digits)',
  invalid_span_id: 'span_id must be 8 bytes, not all zero (in JSON: 16 hex digits)',
  too_many_spans: 'a request may hold 50,000 spans',
  malformed_span: 'the span does not decode',
};

function acceptTraces(body: Buffer, request: IngestRequest, batch: Batch, interpreter: Interpreter, now: number): IngestResult {
  const bytes = request.json ? tracesFromJson(body.toString('utf8')) : body;
  const decoded = decodeTraces(bytes, interpreter.keys, interpreter.names);
  const rejected = [...decoded.rejected.values()].reduce((a, b) => a + b, 0);
  const rules = [...decoded.rejected].map(([reason, n]) => `${n} x ${RULES[reason]}`).join('; ');
  const project = batch.project(request.project);
  const textsBefore = project.texts.bytes;
  const { drafts, markers } = interpreter.interpret(decoded, project.texts, now);
  for (const draft of drafts) price(draft);
  // Nothing fails from here on: what is added is on the balance, and its sender is in the batch.
  for (const draft of drafts) project.drafts.push(draft);
  for (const marker of markers) project.markers.push(marker);
  const balance = balanceOf(project, 'traces');
  balance.received += decoded.spans.length + rejected;
  balance.booked += markers.length;
  if (markers.length > 0) because(balance, 'marker', markers.length);
  balance.rejected += rejected;
  for (const [reason, n] of decoded.rejected) because(balance, reason, n);
  batch.rows += drafts.length;
  // What is written as JSON may be six times what was sent.
  batch.bytes += Math.max(bytes.length, project.texts.bytes - textsBefore);
  if (decoded.spans.length > 0 || rejected === 0) return { outcome: 'stored', rejected, message: rules };
  return {
    outcome: 'none_valid',
    rejected,
    message: `no span of the request is valid: ${rules}. Is this another signal (logs look like this)?`,
  };
}

function acceptLogs(body: Buffer, request: IngestRequest, batch: Batch, interpreter: Interpreter): IngestResult {
  const bytes = request.json ? logsFromJson(body.toString('utf8')) : body;
  const { records, attributes, rejected } = decodeLogs(bytes, interpreter.keys);
  const project = batch.project(request.project);
  const details: Detail[] = [];
  const order = new Map<string, number>();
  let silent = 0;
  for (const record of records) {
    const fields = attributesObject(attributes, record.from, record.to);
    const name = record.eventName || plainText(fields['event.name']);
    const messages = record.traceId.length === 32 && record.spanId.length === 16 ? eventMessages(name, record.body, fields) : [];
    if (messages.length === 0) silent++;
    for (const m of messages) details.push(detailOf(record, m, order, project.texts, m === messages[0]));
  }
  for (const detail of details) project.details.push(detail);
  const balance = balanceOf(project, 'logs');
  if (silent > 0) because(balance, 'log_without_messages', silent);
  balance.received += records.length + rejected;
  balance.booked += records.length;
  balance.rejected += rejected;
  if (rejected > 0) because(balance, 'too_many_records', rejected);
  batch.rows += records.length;
  batch.bytes += bytes.length;
  return { outcome: 'stored', rejected, message: rejected > 0 ? `${rejected} x a request may hold 50,000 log records` : '' };
}

const LATEST = 4_102_444_800_000_000_000n;

/**
 * A message that came as a log record. Records of one span often carry the same time: their place tells the order they were sent in. It is no part
 * of what makes two records the same, because a collector may cut the requests otherwise when it sends them again.
 * `order` holds the places taken in this request, by span and time.
 */
function detailOf(record: LogRecord, message: EventMessage, order: Map<string, number>, texts: Texts, first: boolean): Detail {
  const { traceId, spanId } = record;
  const at = record.at < LATEST ? record.at : 0n;
  const instant = `${traceId}${spanId}${at}`;
  const place = order.get(instant) ?? 0;
  order.set(instant, place + 1);
  return { traceId, spanId, at, side: message.side, ref: texts.putText(message.text), place, first };
}

/** Metrics are counted, not stored: they repeat what the spans say. */
function acceptMetrics(body: Buffer, request: IngestRequest, batch: Batch): IngestResult {
  const groups = request.json ? metricGroupsInJson(body.toString('utf8')) : metricsInProtobuf(body);
  const balance = balanceOf(batch.project(request.project), 'metrics');
  balance.received += groups;
  balance.booked += groups;
  if (groups > 0) because(balance, 'metric_not_stored', groups);
  return { outcome: 'stored', rejected: 0, message: '' };
}

function metricsInProtobuf(bytes: Buffer): number {
  const r = new WireReader(bytes);
  let groups = 0;
  while (r.pos < bytes.length) {
    const tag = r.varint();
    if (tag === 10) groups++;
    r.skip(tag & 7, bytes.length);
  }
  return groups;
}
