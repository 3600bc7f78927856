import type { ServerResponse } from 'node:http';
import { WireWriter } from '../decode/writer.ts';
import type { Signal } from '../protocol.ts';

export type Encoding = 'protobuf' | 'json';

const CONTENT_TYPE: Record<Encoding, string> = { protobuf: 'application/x-protobuf', json: 'application/json' };
const REJECTED_FIELD: Record<Signal, string> = { traces: 'rejectedSpans', logs: 'rejectedLogRecords', metrics: 'rejectedDataPoints' };

/** 200 in the request's encoding. partial_success is left out where nothing was rejected, as OTLP asks. */
export function answerStored(res: ServerResponse, encoding: Encoding, signal: Signal, rejected: number, message: string): void {
  if (encoding === 'json') {
    const body = rejected > 0 ? { partialSuccess: { [REJECTED_FIELD[signal]]: String(rejected), errorMessage: message } } : {};
    return end(res, 200, encoding, Buffer.from(JSON.stringify(body)));
  }
  const w = new WireWriter(64);
  if (rejected > 0) {
    w.message(1, () => {
      w.varint(1, rejected);
      w.string(2, message);
    });
  }
  end(res, 200, encoding, w.done());
}

/** google.rpc.Code for the HTTP status we answer with. */
const RPC_CODE: Record<number, number> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  408: 4,
  411: 3,
  413: 8,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
};

/** An error as `google.rpc.Status` in the request's encoding. `retryAfter` is in seconds. */
export function answerError(res: ServerResponse, encoding: Encoding, status: number, message: string, retryAfter?: number): void {
  if (retryAfter !== undefined) res.setHeader('Retry-After', String(retryAfter));
  const code = RPC_CODE[status] ?? 2;
  const text = message.slice(0, 2000);
  if (encoding === 'json') return end(res, status, encoding, Buffer.from(JSON.stringify({ code, message: text, details: [] })));
  const w = new WireWriter(64);
  w.varint(1, code);
  w.string(2, text);
  end(res, status, encoding, w.done());
}

function end(res: ServerResponse, status: number, encoding: Encoding, body: Buffer): void {
  if (res.headersSent || res.destroyed) return;
  res.statusCode = status;
  res.setHeader('Content-Type', CONTENT_TYPE[encoding]);
  res.setHeader('Content-Length', body.length);
  res.end(body);
}
