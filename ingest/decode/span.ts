import type { AttributeTable } from './attributes.ts';

/** Who sent a span: its resource and scope, shared by all spans of a group. Ranges are rows of the batch's attribute table. */
export interface Origin {
  resourceFrom: number;
  resourceTo: number;
  scopeName: string;
  scopeVersion: string;
  scopeFrom: number;
  scopeTo: number;
  /** Reference of both as a text, once somebody asked for it. */
  textRef: string;
  /** What all scopes of the resource share. */
  shared: { resourceJson: string };
}

export interface SpanEvent {
  name: string;
  /** Nanoseconds since the epoch, as sent. */
  at: bigint;
  from: number;
  to: number;
}

export interface SpanLink {
  traceId: string;
  spanId: string;
  from: number;
  to: number;
}

/** A decoded span, as sent. Ids are lower-case hex, times nanoseconds since the epoch; attributes are rows [from, to) of the batch's table. */
export interface Span {
  traceId: string;
  spanId: string;
  /** Empty for a root. */
  parentId: string;
  name: string;
  kind: number;
  start: bigint;
  end: bigint;
  statusCode: number;
  statusMessage: string;
  from: number;
  to: number;
  droppedAttributes: number;
  traceState: string;
  events: readonly SpanEvent[];
  links: readonly SpanLink[];
  origin: Origin;
}

/** Why a span was refused, in the words told to its sender. */
export type RejectionReason = 'invalid_trace_id' | 'invalid_span_id' | 'too_many_spans' | 'malformed_span';

/** One decoded request of the traces signal. */
export interface SpanBatch {
  attributes: AttributeTable;
  spans: Span[];
  /** Spans met, refused ones included. */
  seen: number;
  /** Spans refused, by reason. */
  rejected: Map<RejectionReason, number>;
  /** Bytes of the texts made of its resources and scopes. */
  contextBytes: number;
}
