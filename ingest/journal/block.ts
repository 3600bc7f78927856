import { isUtf8 } from 'node:buffer';
import { ValueType } from '../decode/attributes.ts';
import { MAX_VALUE, type TextSlice } from '../draft.ts';
import { bookedCost } from '../price/price.ts';
import type { Entry, TaskRow } from '../settle/diff.ts';
import { encodeOwn } from '../settle/own.ts';
import { Bytes } from './bytes.ts';
import type { Column, List } from './columns.ts';
import { cargoColumns, entryColumns } from './inbox.ts';
import { INLINE_BYTES, LargeValues } from './large.ts';

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
 * Builds the Native blocks of a batch for the table `inbox` (schema/migrations; the order of columns here is free, the names are not): one of
 * entries and one of cargo, since an entry that named the columns of cargo would carry a fifth more bytes for nothing. One instance is reused
 * for every batch.
 */
export class InboxBlock {
  readonly #entry = entryColumns();
  readonly #cargo = cargoColumns();
  /** Values that this block refers to and does not hold; whoever fills it stores them with its cargo. */
  readonly large = new LargeValues();
  #entryRows = 0;
  #cargoRows = 0;
  #lastSize = 0;

  get rows(): number {
    return this.#entryRows + this.#cargoRows;
  }

  /** A line of the ledger. What only a new row is read for (attributes, events, references) stays empty where one is taken back. */
  addEntry(project: string, entry: Entry): void {
    const { sign, row } = entry;
    this.#entry.sign.push(sign === 1 ? 1 : 255);
    this.#entry.project.push(project);
    this.#addVerdict(row);
    this.#addDraft(row);
    this.#addPayload(row, sign === 1);
    this.#entry.trace_seen.push64(entry.traceSeen);
    this.#entryRows++;
  }

  #addVerdict(row: TaskRow): void {
    const { draft: d, verdict: v } = row;
    this.#entry.run_id.data.text(v.runId);
    this.#entry.seen.push64(row.seen);
    this.#entry.ver.push(row.ver);
    this.#entry.visible.push(v.visible ? 1 : 0);
    this.#entry.counted.push(v.counted ? 1 : 0);
    this.#entry.not_counted.push(v.counted ? '' : v.why);
    this.#entry.kind.push(v.kind);
    this.#entry.feature.push(v.feature);
    this.#entry.source_id.push(v.source);
    this.#entry.user_id.data.text(v.user);
    this.#entry.session_id.data.text(v.session);
    this.#entry.flags.push(d.flags | v.flags);
    this.#entry.fact_ver.push(row.factVer);
    this.#entry.run_name.data.text(v.bears?.name ?? '');
    this.#entry.run_status.push(v.bears?.status ?? '');
    const tags = v.bears?.tags ?? NONE;
    for (const tag of tags) this.#entry.run_tags.items.data.text(tag);
    this.#entry.run_tags.end(tags.length);
    this.#entry.own.data.text(encodeOwn(d, v));
  }

  #addDraft(row: TaskRow): void {
    const d = row.draft;
    this.#entry.trace_id.push(d.traceId);
    this.#entry.span_id.push(d.spanId);
    this.#entry.parent_id.push(d.parentId);
    this.#entry.status.push(d.status);
    this.#entry.name.push(d.name);
    this.#entry.error_type.push(d.errorType);
    this.#entry.error_message.data.text(d.errorMessage);
    this.#entry.provider.push(d.provider);
    this.#entry.model.push(d.model);
    this.#entry.request_model.push(d.requestModel);
    this.#entry.started_at.push(d.startedAt);
    this.#entry.duration_ns.push(d.durationNs);
    this.#entry.ttft_ns.push(d.ttftNs);
    this.#entry.known.push(d.known);
    this.#entry.input_tokens.push64(d.input);
    this.#entry.output_tokens.push64(d.output);
    this.#entry.cache_read_tokens.push64(d.cacheRead);
    this.#entry.cache_write_tokens.push64(d.cacheWrite);
    this.#entry.reasoning_tokens.push64(d.reasoning);
    this.#entry.cost.push(bookedCost(d));
    this.#entry.reported_cost.push(d.reportedCost);
    this.#entry.priced_cost.push(d.pricedCost);
    this.#entry.price_id.push(d.priceId);
    this.#entry.response_id.data.text(d.responseId);
    this.#entry.weight.push(d.weight);
    this.#entry.content_hash.words(d.hashHi, d.hashLo);
  }

  #addPayload(row: TaskRow, full: boolean): void {
    const d = row.draft;
    this.#addRefs(this.#entry.input_refs, d.inputRefs);
    this.#addRefs(this.#entry.output_refs, d.outputRefs);
    this.#entry.context_ref.push(full ? d.contextRef : '');
    this.#entry.attributes.end(full ? this.#addAttributes(row) : 0);
    this.#entry.events.data.text(full ? this.large.putText(d, d.events) : '');
    this.#entry.links.data.text(full ? this.large.putText(d, d.links) : '');
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
      this.#entry.attributes.keys.push(table.keyTable.name(table.keys[i]!));
      const values = this.#entry.attributes.values;
      if (table.types[i] === ValueType.string) {
        const at = table.from[i]!;
        const length = Math.min(table.length[i]!, MAX_VALUE);
        if (length > INLINE_BYTES) values.text(this.large.put(row.draft, table.bytes, at, at + length));
        else if (length >= 48 || !values.asciiSlice(table.bytes, at, at + length)) addUtf8(values, table.bytes, at, at + length);
      } else values.text(this.large.putText(row.draft, table.text(i).slice(0, MAX_VALUE)));
      added++;
    }
    return added;
  }

  /** A row that books nothing and carries the texts, details and balance of a batch. */
  addCargo(project: string, { texts, details, balance }: Cargo, seen: number): void {
    const c = this.#cargo;
    c.sign.push(0);
    c.project.push(project);
    c.seen.push64(seen);
    for (const [ref, { bytes, from, to }] of texts) {
      c.text_hash.items.data.hex(ref, 16);
      addUtf8(c.text_body.items.data, bytes, from, to);
    }
    for (const column of [c.text_hash, c.text_body]) column.end(texts.size);
    for (const d of details) {
      c.detail_trace.items.data.hex(d.traceId, 16);
      c.detail_span.items.data.hex(d.spanId, 8);
      c.detail_at.items.data.i64(d.at);
      c.detail_side.items.data.text(d.side);
      c.detail_hash.items.data.hex(d.ref, 16);
      c.detail_place.items.data.u64(d.place);
    }
    for (const column of [c.detail_trace, c.detail_span, c.detail_at, c.detail_side, c.detail_hash, c.detail_place])
      column.end(details.length);
    c.log_signal.push(balance.signal);
    c.log_received.push(balance.received);
    c.log_booked.push(balance.booked);
    c.log_duplicate.push(balance.duplicate);
    c.log_rejected.push(balance.rejected);
    c.log_reasons.push(balance.reasons);
    this.#cargoRows++;
  }

  /** Forgets what was added. */
  clear(): void {
    this.large.take();
    this.#reset();
  }

  #reset(): void {
    for (const columns of [this.#entry, this.#cargo]) for (const column of Object.values<Column>(columns)) column.reset();
    this.#entryRows = 0;
    this.#cargoRows = 0;
  }

  /** The bytes of both blocks, one behind the other; the builder is empty after it. */
  finish(): Buffer {
    // Batches are alike: a tenth more than the last one needed saves growing, which would copy megabytes.
    const out = new Bytes(Math.ceil(this.#lastSize * 1.1) + 4096);
    writeBlock(out, this.#entry, this.#entryRows);
    writeBlock(out, this.#cargo, this.#cargoRows);
    this.#reset();
    this.#lastSize = out.pos;
    return out.done();
  }
}

/** A column that says nothing is left out: the engine fills in its default, and neither disk nor parser sees it. */
function writeBlock(out: Bytes, columns: Readonly<Record<string, Column>>, rows: number): void {
  if (rows === 0) return;
  const named = Object.entries(columns).filter(([, column]) => !column.blank(rows));
  out.varint(named.length);
  out.varint(rows);
  for (const [name, column] of named) {
    out.text(name);
    out.text(column.type);
    column.write(out);
  }
}

const NONE: readonly string[] = Object.freeze([]);

/** Bytes that are not UTF-8 get U+FFFD where they are wrong: one bad value must not spoil the answers of the API. */
function addUtf8(column: Bytes, bytes: Buffer, from: number, to: number): void {
  if (isUtf8(bytes.subarray(from, to))) column.slice(bytes, from, to);
  else column.text(bytes.toString('utf8', from, to));
}
