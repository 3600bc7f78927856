import { isUtf8 } from 'node:buffer';
import { ValueType } from '../decode/attributes.ts';
import { MAX_VALUE, type TextSlice } from '../draft.ts';
import { bookedCost } from '../price/price.ts';
import type { Entry, TaskRow } from '../settle/diff.ts';
import { encodeOwn } from '../settle/own.ts';
import { Bytes } from './bytes.ts';
import type { Column, List } from './columns.ts';
import { inboxColumns } from './inbox.ts';

/** A text that belongs to a span and stands in none of its columns (see the table `details`). */
export interface Detail {
  traceId: string;
  spanId: string;
  /** Nanoseconds since the epoch, as sent. */
  at: bigint;
  side: 'input' | 'output' | 'value' | 'superseded';
  ref: string;
  /** Order among those of one instant of the span, as far as the request tells. */
  place: number;
  /** It is the first (or only) one of its log record. */
  first: boolean;
}

/** The balance of the requests of one signal in a batch: received = booked + duplicate + rejected. */
export interface Balance {
  signal: 'traces' | 'logs' | 'metrics';
  received: number;
  booked: number;
  duplicate: number;
  rejected: number;
  reasons: ReadonlyMap<string, number>;
}

export interface Cargo {
  texts: ReadonlyMap<string, TextSlice>;
  details: readonly Detail[];
  balance: Balance;
}

/**
 * Builds Native blocks of the table `inbox` (schema/migrations/0001_ledger.sql; the order of columns here is free, the names are not).
 * One instance is reused for every batch.
 */
export class InboxBlock {
  rows = 0;
  readonly #c = inboxColumns();
  readonly #columns: readonly (readonly [string, Column])[] = Object.entries(this.#c);

  /** A line of the ledger. What only a new row is read for (attributes, events, references) stays empty where one is taken back. */
  addEntry(project: string, entry: Entry): void {
    const { sign, row } = entry;
    this.#c.sign.push(sign === 1 ? 1 : 255);
    this.#c.project.push(project);
    this.#addVerdict(row);
    this.#addDraft(row);
    this.#addPayload(row, sign === 1);
    this.#c.trace_seen.push64(entry.traceSeen);
    this.#addCargo(null);
    this.rows++;
  }

  #addVerdict(row: TaskRow): void {
    const { draft: d, verdict: v } = row;
    this.#c.run_id.data.text(v.runId);
    this.#c.seen.push64(row.seen);
    this.#c.ver.push(row.ver);
    this.#c.visible.push(v.visible ? 1 : 0);
    this.#c.counted.push(v.counted ? 1 : 0);
    this.#c.not_counted.push(v.counted ? '' : v.why);
    this.#c.kind.push(v.kind);
    this.#c.feature.push(v.feature);
    this.#c.source_id.push(v.source);
    this.#c.user_id.data.text(v.user);
    this.#c.session_id.data.text(v.session);
    this.#c.flags.push(d.flags | v.flags);
    this.#c.fact_ver.push(row.factVer);
    this.#c.run_name.data.text(v.bears?.name ?? '');
    this.#c.run_status.push(v.bears?.status ?? '');
    const tags = v.bears?.tags ?? NONE;
    for (const tag of tags) this.#c.run_tags.items.data.text(tag);
    this.#c.run_tags.end(tags.length);
    this.#c.own.data.text(encodeOwn(d, v));
  }

  #addDraft(row: TaskRow): void {
    const d = row.draft;
    this.#c.trace_id.push(d.traceId);
    this.#c.span_id.push(d.spanId);
    this.#c.parent_id.push(d.parentId);
    this.#c.status.push(d.status);
    this.#c.name.push(d.name);
    this.#c.error_type.push(d.errorType);
    this.#c.error_message.data.text(d.errorMessage);
    this.#c.provider.push(d.provider);
    this.#c.model.push(d.model);
    this.#c.request_model.push(d.requestModel);
    this.#c.started_at.push(d.startedAt);
    this.#c.duration_ns.push(d.durationNs);
    this.#c.ttft_ns.push(d.ttftNs);
    this.#c.known.push(d.known);
    this.#c.input_tokens.push64(d.input);
    this.#c.output_tokens.push64(d.output);
    this.#c.cache_read_tokens.push64(d.cacheRead);
    this.#c.cache_write_tokens.push64(d.cacheWrite);
    this.#c.reasoning_tokens.push64(d.reasoning);
    this.#c.cost.push(bookedCost(d));
    this.#c.reported_cost.push(d.reportedCost);
    this.#c.priced_cost.push(d.pricedCost);
    this.#c.price_id.push(d.priceId);
    this.#c.response_id.data.text(d.responseId);
    this.#c.weight.push(d.weight);
    this.#c.content_hash.words(d.hashHi, d.hashLo);
  }

  #addPayload(row: TaskRow, full: boolean): void {
    const d = row.draft;
    this.#addRefs(this.#c.input_refs, d.inputRefs);
    this.#addRefs(this.#c.output_refs, d.outputRefs);
    this.#c.context_ref.push(full ? d.contextRef : '');
    this.#c.attributes.end(full ? this.#addAttributes(row) : 0);
    this.#c.events.data.text(full ? d.events : '');
    this.#c.links.data.text(full ? d.links : '');
  }

  #addRefs(column: List, refs: readonly string[]): void {
    for (const ref of refs) column.items.data.hex(ref, 16);
    column.end(refs.length);
  }

  #addAttributes(row: TaskRow): number {
    const { table, from, to, skip } = row.draft.attributes;
    let added = 0;
    for (let i = from; i < to; i++) {
      if (skip?.has(i)) continue;
      this.#c.attributes.keys.push(table.keyTable.name(table.keys[i]!));
      const values = this.#c.attributes.values;
      if (table.types[i] === ValueType.string) {
        const at = table.from[i]!;
        const length = Math.min(table.length[i]!, MAX_VALUE);
        if (length >= 48 || !values.asciiSlice(table.bytes, at, at + length)) addUtf8(values, table.bytes, at, at + length);
      } else values.text(table.text(i).slice(0, MAX_VALUE));
      added++;
    }
    return added;
  }

  /** A row that books nothing and carries the texts, details and balance of a batch. */
  addCargo(project: string, cargo: Cargo, seen: number): void {
    this.#c.sign.push(0);
    this.#c.project.push(project);
    for (const column of [
      this.#c.run_id,
      this.#c.error_message,
      this.#c.user_id,
      this.#c.session_id,
      this.#c.response_id,
      this.#c.run_name,
      this.#c.own,
    ]) {
      column.data.text('');
    }
    for (const column of [this.#c.events, this.#c.links]) column.data.text('');
    for (const column of [this.#c.trace_id, this.#c.context_ref, this.#c.span_id, this.#c.parent_id]) column.push('');
    this.#c.seen.push64(seen);
    this.#c.trace_seen.push64(seen);
    for (const column of [this.#c.ver, this.#c.fact_ver, this.#c.weight]) column.push(0);
    for (const column of [this.#c.visible, this.#c.counted, this.#c.known]) column.push(0);
    this.#c.flags.push(0);
    for (const column of [this.#c.not_counted, this.#c.kind, this.#c.status, this.#c.name, this.#c.error_type, this.#c.provider])
      column.push('');
    for (const column of [this.#c.model, this.#c.request_model, this.#c.feature, this.#c.source_id, this.#c.price_id, this.#c.run_status])
      column.push('');
    for (const column of [this.#c.duration_ns, this.#c.ttft_ns, this.#c.cost, this.#c.reported_cost, this.#c.priced_cost]) column.push(0n);
    for (const column of [
      this.#c.input_tokens,
      this.#c.output_tokens,
      this.#c.cache_read_tokens,
      this.#c.cache_write_tokens,
      this.#c.reasoning_tokens,
      this.#c.content_hash,
    ])
      column.push64(0);
    this.#c.started_at.push(BigInt(seen) * 1_000_000n);
    for (const column of [this.#c.run_tags, this.#c.input_refs, this.#c.output_refs]) column.end(0);
    this.#c.attributes.end(0);
    this.#addCargo(cargo);
    this.rows++;
  }

  #addCargo(cargo: Cargo | null): void {
    let texts = 0;
    if (cargo) {
      for (const [ref, { bytes, from, to }] of cargo.texts) {
        this.#c.text_hash.items.data.hex(ref, 16);
        addUtf8(this.#c.text_body.items.data, bytes, from, to);
        texts++;
      }
    }
    this.#c.text_hash.end(texts);
    this.#c.text_body.end(texts);
    const details = cargo?.details ?? NONE_DETAILS;
    for (const d of details) {
      this.#c.detail_trace.items.data.hex(d.traceId, 16);
      this.#c.detail_span.items.data.hex(d.spanId, 8);
      this.#c.detail_at.items.data.i64(d.at);
      this.#c.detail_side.items.data.text(d.side);
      this.#c.detail_hash.items.data.hex(d.ref, 16);
      this.#c.detail_place.items.data.u64(d.place);
    }
    for (const column of [
      this.#c.detail_trace,
      this.#c.detail_span,
      this.#c.detail_at,
      this.#c.detail_side,
      this.#c.detail_hash,
      this.#c.detail_place,
    ])
      column.end(details.length);
    const balance = cargo?.balance;
    this.#c.log_signal.push(balance?.signal ?? '');
    this.#c.log_received.push(balance?.received ?? 0);
    this.#c.log_booked.push(balance?.booked ?? 0);
    this.#c.log_duplicate.push(balance?.duplicate ?? 0);
    this.#c.log_rejected.push(balance?.rejected ?? 0);
    this.#c.log_reasons.push(balance?.reasons ?? NO_REASONS);
  }

  /** Forgets what was added. */
  clear(): void {
    for (const [, column] of this.#columns) column.reset();
    this.rows = 0;
  }

  /** The block's bytes; the builder is empty after it. */
  finish(): Buffer {
    const out = new Bytes(1 << 16);
    out.varint(this.#columns.length);
    out.varint(this.rows);
    for (const [name, column] of this.#columns) {
      out.text(name);
      out.text(column.type);
      column.write(out);
    }
    this.clear();
    return out.done();
  }
}

const NONE: readonly string[] = Object.freeze([]);
const NONE_DETAILS: readonly Detail[] = Object.freeze([]);
const NO_REASONS: ReadonlyMap<string, number> = new Map();

/** Bytes that are not UTF-8 get U+FFFD where they are wrong: one bad value must not spoil the answers of the API. */
function addUtf8(column: Bytes, bytes: Buffer, from: number, to: number): void {
  if (isUtf8(bytes.subarray(from, to))) column.slice(bytes, from, to);
  else column.text(bytes.toString('utf8', from, to));
}
