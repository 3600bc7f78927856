import { isUtf8 } from 'node:buffer';
import { ValueType } from '../decode/attributes.ts';
import { MAX_VALUE, type TextSlice } from '../draft.ts';
import { bookedCost } from '../price/price.ts';
import type { Entry, TaskRow } from '../settle/diff.ts';
import { encodeOwn } from '../settle/own.ts';
import { Bytes } from './bytes.ts';
import {
  Attributes,
  BigNumbers64,
  type Column,
  Counters,
  Dictionary,
  Ids,
  List,
  Numbers8,
  Numbers16,
  Numbers32,
  Numbers64,
  Plain,
} from './columns.ts';

/** A log record that belongs to a span, by reference to its text. */
export interface Detail {
  traceId: string;
  spanId: string;
  at: bigint;
  side: 'input' | 'output';
  ref: string;
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
  readonly #sign = new Numbers8('Int8');
  readonly #project = new Dictionary();
  readonly #runId = new Plain('String');
  readonly #traceId = new Ids('UInt128', 16);
  readonly #spanId = new Ids('UInt64', 8);
  readonly #parentId = new Ids('UInt64', 8);
  readonly #seen = new Numbers64("DateTime64(3, 'UTC')");
  readonly #ver = new Numbers32('UInt32');
  readonly #visible = new Numbers8('UInt8');
  readonly #counted = new Numbers8('UInt8');
  readonly #notCounted = new Dictionary();
  readonly #kind = new Dictionary();
  readonly #status = new Dictionary();
  readonly #name = new Dictionary();
  readonly #errorType = new Dictionary();
  readonly #errorMessage = new Plain('String');
  readonly #provider = new Dictionary();
  readonly #model = new Dictionary();
  readonly #requestModel = new Dictionary();
  readonly #feature = new Dictionary();
  readonly #sourceId = new Dictionary();
  readonly #userId = new Plain('String');
  readonly #sessionId = new Plain('String');
  readonly #startedAt = new BigNumbers64("DateTime64(9, 'UTC')");
  readonly #durationNs = new BigNumbers64('UInt64');
  readonly #ttftNs = new BigNumbers64('UInt64');
  readonly #known = new Numbers8('UInt8');
  readonly #input = new Numbers64('UInt64');
  readonly #output = new Numbers64('UInt64');
  readonly #cacheRead = new Numbers64('UInt64');
  readonly #cacheWrite = new Numbers64('UInt64');
  readonly #reasoning = new Numbers64('UInt64');
  readonly #cost = new BigNumbers64('Decimal(18, 12)');
  readonly #reported = new BigNumbers64('Decimal(18, 12)');
  readonly #priced = new BigNumbers64('Decimal(18, 12)');
  readonly #priceId = new Dictionary();
  readonly #flags = new Numbers16('UInt16');
  readonly #responseId = new Plain('String');
  readonly #factVer = new Numbers32('UInt32');
  readonly #runName = new Plain('String');
  readonly #runStatus = new Dictionary();
  readonly #runTags = new List('String');
  readonly #own = new Plain('String');
  readonly #weight = new Numbers32('UInt32');
  readonly #contentHash = new Numbers64('UInt64');
  readonly #inputRefs = new List('UInt128');
  readonly #outputRefs = new List('UInt128');
  readonly #contextRef = new Ids('UInt128', 16);
  readonly #attributes = new Attributes();
  readonly #events = new Plain('String');
  readonly #links = new Plain('String');
  readonly #textHash = new List('UInt128');
  readonly #textBody = new List('String');
  readonly #detailTrace = new List('UInt128');
  readonly #detailSpan = new List('UInt64');
  readonly #detailAt = new List("DateTime64(9, 'UTC')");
  readonly #detailSide = new List('String');
  readonly #detailHash = new List('UInt128');
  readonly #logSignal = new Dictionary();
  readonly #logReceived = new Numbers32('UInt32');
  readonly #logBooked = new Numbers32('UInt32');
  readonly #logDuplicate = new Numbers32('UInt32');
  readonly #logRejected = new Numbers32('UInt32');
  readonly #logReasons = new Counters();
  readonly #columns: readonly (readonly [string, Column])[] = [
    ['sign', this.#sign],
    ['project', this.#project],
    ['run_id', this.#runId],
    ['trace_id', this.#traceId],
    ['span_id', this.#spanId],
    ['parent_id', this.#parentId],
    ['seen', this.#seen],
    ['ver', this.#ver],
    ['visible', this.#visible],
    ['counted', this.#counted],
    ['not_counted', this.#notCounted],
    ['kind', this.#kind],
    ['status', this.#status],
    ['name', this.#name],
    ['error_type', this.#errorType],
    ['error_message', this.#errorMessage],
    ['provider', this.#provider],
    ['model', this.#model],
    ['request_model', this.#requestModel],
    ['feature', this.#feature],
    ['source_id', this.#sourceId],
    ['user_id', this.#userId],
    ['session_id', this.#sessionId],
    ['started_at', this.#startedAt],
    ['duration_ns', this.#durationNs],
    ['ttft_ns', this.#ttftNs],
    ['known', this.#known],
    ['input_tokens', this.#input],
    ['output_tokens', this.#output],
    ['cache_read_tokens', this.#cacheRead],
    ['cache_write_tokens', this.#cacheWrite],
    ['reasoning_tokens', this.#reasoning],
    ['cost', this.#cost],
    ['reported_cost', this.#reported],
    ['priced_cost', this.#priced],
    ['price_id', this.#priceId],
    ['flags', this.#flags],
    ['response_id', this.#responseId],
    ['fact_ver', this.#factVer],
    ['run_name', this.#runName],
    ['run_status', this.#runStatus],
    ['run_tags', this.#runTags],
    ['own', this.#own],
    ['weight', this.#weight],
    ['content_hash', this.#contentHash],
    ['input_refs', this.#inputRefs],
    ['output_refs', this.#outputRefs],
    ['context_ref', this.#contextRef],
    ['attributes', this.#attributes],
    ['events', this.#events],
    ['links', this.#links],
    ['text_hash', this.#textHash],
    ['text_body', this.#textBody],
    ['detail_trace', this.#detailTrace],
    ['detail_span', this.#detailSpan],
    ['detail_at', this.#detailAt],
    ['detail_side', this.#detailSide],
    ['detail_hash', this.#detailHash],
    ['log_signal', this.#logSignal],
    ['log_received', this.#logReceived],
    ['log_booked', this.#logBooked],
    ['log_duplicate', this.#logDuplicate],
    ['log_rejected', this.#logRejected],
    ['log_reasons', this.#logReasons],
  ];

  /** A line of the ledger. What only a new row is read for (attributes, events, references) stays empty where one is taken back. */
  addEntry(project: string, entry: Entry): void {
    const { sign, row } = entry;
    this.#sign.push(sign === 1 ? 1 : 255);
    this.#project.push(project);
    this.#addVerdict(row);
    this.#addDraft(row);
    this.#addPayload(row, sign === 1);
    this.#addCargo(null);
    this.rows++;
  }

  #addVerdict(row: TaskRow): void {
    const { draft: d, verdict: v } = row;
    this.#runId.data.text(v.runId);
    this.#seen.push64(row.seen);
    this.#ver.push(row.ver);
    this.#visible.push(v.visible ? 1 : 0);
    this.#counted.push(v.counted ? 1 : 0);
    this.#notCounted.push(v.counted ? '' : v.why);
    this.#kind.push(v.kind);
    this.#feature.push(v.feature);
    this.#sourceId.push(v.source);
    this.#userId.data.text(v.user);
    this.#sessionId.data.text(v.session);
    this.#flags.push(d.flags | v.flags);
    this.#factVer.push(row.factVer);
    this.#runName.data.text(v.bears?.name ?? '');
    this.#runStatus.push(v.bears?.status ?? '');
    const tags = v.bears?.tags ?? NONE;
    for (const tag of tags) this.#runTags.items.data.text(tag);
    this.#runTags.end(tags.length);
    this.#own.data.text(encodeOwn(d, v));
  }

  #addDraft(row: TaskRow): void {
    const d = row.draft;
    this.#traceId.push(d.traceId);
    this.#spanId.push(d.spanId);
    this.#parentId.push(d.parentId);
    this.#status.push(d.status);
    this.#name.push(d.name);
    this.#errorType.push(d.errorType);
    this.#errorMessage.data.text(d.errorMessage);
    this.#provider.push(d.provider);
    this.#model.push(d.model);
    this.#requestModel.push(d.requestModel);
    this.#startedAt.push(d.startedAt);
    this.#durationNs.push(d.durationNs);
    this.#ttftNs.push(d.ttftNs);
    this.#known.push(d.known);
    this.#input.push64(d.input);
    this.#output.push64(d.output);
    this.#cacheRead.push64(d.cacheRead);
    this.#cacheWrite.push64(d.cacheWrite);
    this.#reasoning.push64(d.reasoning);
    this.#cost.push(bookedCost(d));
    this.#reported.push(d.reportedCost);
    this.#priced.push(d.pricedCost);
    this.#priceId.push(d.priceId);
    this.#responseId.data.text(d.responseId);
    this.#weight.push(d.weight);
    this.#contentHash.words(d.hashHi, d.hashLo);
  }

  #addPayload(row: TaskRow, full: boolean): void {
    const d = row.draft;
    this.#addRefs(this.#inputRefs, d.inputRefs);
    this.#addRefs(this.#outputRefs, d.outputRefs);
    this.#contextRef.push(full ? d.contextRef : '');
    this.#attributes.end(full ? this.#addAttributes(row) : 0);
    this.#events.data.text(full ? d.events : '');
    this.#links.data.text(full ? d.links : '');
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
      this.#attributes.keys.push(table.keyTable.name(table.keys[i]!));
      const values = this.#attributes.values;
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
    this.#sign.push(0);
    this.#project.push(project);
    for (const column of [this.#runId, this.#errorMessage, this.#userId, this.#sessionId, this.#responseId, this.#runName, this.#own]) {
      column.data.text('');
    }
    for (const column of [this.#events, this.#links]) column.data.text('');
    for (const column of [this.#traceId, this.#contextRef, this.#spanId, this.#parentId]) column.push('');
    this.#seen.push64(seen);
    for (const column of [this.#ver, this.#factVer, this.#weight]) column.push(0);
    for (const column of [this.#visible, this.#counted, this.#known]) column.push(0);
    this.#flags.push(0);
    for (const column of [this.#notCounted, this.#kind, this.#status, this.#name, this.#errorType, this.#provider]) column.push('');
    for (const column of [this.#model, this.#requestModel, this.#feature, this.#sourceId, this.#priceId, this.#runStatus]) column.push('');
    for (const column of [this.#durationNs, this.#ttftNs, this.#cost, this.#reported, this.#priced]) column.push(0n);
    for (const column of [this.#input, this.#output, this.#cacheRead, this.#cacheWrite, this.#reasoning, this.#contentHash])
      column.push64(0);
    this.#startedAt.push(BigInt(seen) * 1_000_000n);
    for (const column of [this.#runTags, this.#inputRefs, this.#outputRefs]) column.end(0);
    this.#attributes.end(0);
    this.#addCargo(cargo);
    this.rows++;
  }

  #addCargo(cargo: Cargo | null): void {
    let texts = 0;
    if (cargo) {
      for (const [ref, { bytes, from, to }] of cargo.texts) {
        this.#textHash.items.data.hex(ref, 16);
        addUtf8(this.#textBody.items.data, bytes, from, to);
        texts++;
      }
    }
    this.#textHash.end(texts);
    this.#textBody.end(texts);
    const details = cargo?.details ?? NONE_DETAILS;
    for (const d of details) {
      this.#detailTrace.items.data.hex(d.traceId, 16);
      this.#detailSpan.items.data.hex(d.spanId, 8);
      this.#detailAt.items.data.i64(d.at);
      this.#detailSide.items.data.text(d.side);
      this.#detailHash.items.data.hex(d.ref, 16);
    }
    for (const column of [this.#detailTrace, this.#detailSpan, this.#detailAt, this.#detailSide, this.#detailHash])
      column.end(details.length);
    const balance = cargo?.balance;
    this.#logSignal.push(balance?.signal ?? '');
    this.#logReceived.push(balance?.received ?? 0);
    this.#logBooked.push(balance?.booked ?? 0);
    this.#logDuplicate.push(balance?.duplicate ?? 0);
    this.#logRejected.push(balance?.rejected ?? 0);
    this.#logReasons.push(balance?.reasons ?? NO_REASONS);
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
