import { type AttributeTable, KeyTable } from '../decode/attributes.ts';
import { Interner } from '../decode/intern.ts';
import { MAX_NAMES } from '../decode/otlp.ts';
import type { Span, SpanBatch } from '../decode/span.ts';
import { type Draft, Flag, type Kind, Known, MAX_VALUE, type TaskStatus } from '../draft.ts';
import { compile, type Rules } from './compile.ts';
import { type Content, contentOf } from './content.ts';
import { aiSdk } from './dialects/ai-sdk.ts';
import { airuns } from './dialects/airuns.ts';
import { genai } from './dialects/genai.ts';
import { laminar } from './dialects/laminar.ts';
import { langsmith } from './dialects/langsmith.ts';
import { mastra } from './dialects/mastra.ts';
import { openinference } from './dialects/openinference.ts';
import { traceloop } from './dialects/traceloop.ts';
import { eventMessages } from './genai-events.ts';
import { ContentHash, hashBigInt, hashBytes, hashNumber, hashText } from './hash.ts';
import { kindOf } from './kind.ts';
import { reportedCost } from './money.ts';
import { cut } from './plain.ts';
import { providerOf } from './provider.ts';
import { QUIRKS } from './quirks.ts';
import { MAX_STRINGS, SpanReader } from './reader.ts';
import { attributesObject, contextRef, exceptionOf, SurroundingList } from './surroundings.ts';
import { tagsOf } from './tags.ts';
import type { Texts } from './texts.ts';
import { clampTimes, ttftOf } from './times.ts';

/** Dialects in order of precedence. */
const DIALECTS = [airuns, genai, openinference, traceloop, aiSdk, laminar, langsmith, mastra];

/** A span that announces a real one that still runs: not a task. */
export interface Marker {
  runId: string;
  traceId: string;
  name: string;
  feature: string;
  sourceId: string;
  userId: string;
  sessionId: string;
  /** Nanoseconds since the epoch, as sent. */
  startedAt: bigint;
}

export interface Interpreted {
  drafts: Draft[];
  markers: Marker[];
}

/** Turns decoded spans into drafts: what each says of itself, in one normal form. Holds the caches of one ingest thread; otherwise pure. */
export class Interpreter {
  readonly keys = new KeyTable();
  names = new Interner();
  #strings = new Interner();
  #rules: Rules;
  #reader: SpanReader;
  #hash = new ContentHash();
  #keyHashes: number[] = [];

  constructor() {
    this.#rules = compile(DIALECTS, ['logfire.span_type'], this.keys);
    this.#reader = new SpanReader(this.#rules, this.#strings);
  }

  /** `nowMs` bounds the times of spans; texts collects the messages. */
  interpret(batch: SpanBatch, texts: Texts, nowMs: number): Interpreted {
    const out: Interpreted = { drafts: [], markers: [] };
    for (const span of batch.spans) {
      this.#reader.load(span, batch.attributes);
      const marker = this.#marker(span);
      if (marker === undefined) out.drafts.push(this.#draft(span, batch, texts, nowMs));
      else if (marker) out.markers.push(marker);
      else out.markers.push({ ...NO_MARKER, traceId: span.traceId });
    }
    return out;
  }

  /** Caches are bounded: hostile input (endless new keys or names) costs a refill, not memory. Call between batches. */
  trim(): void {
    if (this.keys.size >= KeyTable.limit || this.#strings.size >= MAX_STRINGS || this.names.size >= MAX_NAMES) {
      (this as { keys: KeyTable }).keys = new KeyTable();
      this.names = new Interner();
      this.#strings = new Interner();
      this.#rules = compile(DIALECTS, ['logfire.span_type'], this.keys);
      this.#reader = new SpanReader(this.#rules, this.#strings);
      this.#keyHashes = [];
    }
  }

  /** undefined: a real span. null: a placeholder that says nothing of a run. */
  #marker(span: Span): Marker | null | undefined {
    const read = this.#reader;
    const logfire = read.row(this.#rules.key('logfire.span_type'));
    if (logfire >= 0) {
      const type = read.textAt(logfire);
      if (type === 'pending_span' || type === 'log') return null;
    }
    if (!read.has('live')) return undefined;
    return {
      runId: cut(read.text('runId'), MAX_ID) || span.traceId,
      traceId: span.traceId,
      name: this.#runName(false).name || cut(span.name, MAX_NAME),
      feature: cut(read.text('feature'), MAX_FEATURE),
      sourceId: cut(read.text('sourceId'), MAX_ID),
      userId: cut(read.text('user'), MAX_ID),
      sessionId: cut(read.text('session'), MAX_ID),
      startedAt: span.start,
    };
  }

  #draft(span: Span, batch: SpanBatch, texts: Texts, nowMs: number): Draft {
    const read = this.#reader;
    const table = batch.attributes;
    const kind = kindOf(read);
    const content = contentOf(read, texts);
    const times = clampTimes(span.start, span.end, nowMs);
    const exception = span.events.length > 0 ? exceptionOf(span, table) : null;
    const status = statusOf(read, span);
    const failed = status === 'failed';
    const anyName = this.#runName(false);
    const rootName = this.#runName(true);
    const draft: Draft = {
      traceId: span.traceId,
      spanId: span.spanId,
      parentId: span.parentId,
      kind,
      status,
      name: cut(kind === 'tool' ? read.text('toolName') || span.name : span.name, MAX_NAME),
      errorType: failed ? cut(read.text('errorType') || exception?.type || '', MAX_ID) : '',
      errorMessage: failed ? cut(span.statusMessage || read.text('errorMessage') || exception?.message || '', MAX_VALUE) : '',
      provider: read.has('provider') ? cut(providerOf(read.text('provider')), MAX_ID) : '',
      model: cut(read.text('responseModel') || read.text('requestModel'), MAX_ID),
      requestModel: cut(read.text('requestModel'), MAX_ID),
      startedAt: times.start,
      durationNs: times.duration,
      ttftNs: ttftOf(read, span.start, span.end),
      known: 0,
      input: 0,
      output: 0,
      cacheRead: 0,
      cacheWrite: 0,
      reasoning: 0,
      reportedCost: 0n,
      pricedCost: 0n,
      priceId: '',
      flags:
        (times.anomaly ? Flag.timeAnomaly : 0) |
        (times.arrival ? Flag.arrivalTime : 0) |
        (span.droppedAttributes > 0 ? Flag.attributesDropped : 0),
      responseId: cut(read.text('responseId'), MAX_NAME),
      hasEnd: span.end !== 0n,
      weight: span.to - span.from + span.events.length,
      hashHi: 0,
      hashLo: 0,
      ownRunId: cut(read.text('runId'), MAX_ID),
      ownUser: cut(read.text('user'), MAX_ID),
      ownSession: cut(read.text('session'), MAX_ID),
      ownFeature: cut(read.text('feature'), MAX_FEATURE),
      ownSource: cut(read.text('sourceId'), MAX_ID),
      ownTags: read.has('tags') ? tagsOf(read.value('tags')) : NO_TAGS,
      runName: anyName.name,
      runNameRank: anyName.rank,
      rootName: rootName.name,
      rootNameRank: rootName.rank,
      inputRefs: content?.inputRefs ?? NO_TAGS,
      outputRefs: content?.outputRefs ?? NO_TAGS,
      contextRef: contextRef(span.origin, batch, texts),
      attributes: { table, from: span.from, to: span.to, skip: content && content.skip.size > 0 ? content.skip : null },
      events: '',
      links: '',
    };
    if (draft.contextRef === '') draft.flags |= Flag.attributesDropped;
    if (span.links.length > 0) addLinks(draft, span, table);
    if (span.events.length > 0) this.#addEvents(draft, span, table, texts, content);
    if (this.#isSetUp(kind)) draft.flags |= Flag.createAgent;
    this.#readUsage(draft);
    this.#hashDraft(draft, span, table, content);
    return draft;
  }

  /** An agent being created is set-up; a trace of nothing else is no run. */
  #isSetUp(kind: Kind): boolean {
    if (kind !== 'agent') return false;
    const row = this.#reader.row(this.#rules.key('gen_ai.operation.name'));
    return row >= 0 && this.#reader.textAt(row) === 'create_agent';
  }

  #runName(rootOnly: boolean): { name: string; rank: number } {
    let best = NO_NAME;
    for (const n of this.#rules.names) {
      if ((n.rootOnly ?? false) !== rootOnly || n.rank >= best.rank) continue;
      const row = this.#reader.row(n.key);
      if (row >= 0) best = { name: cut(this.#reader.textAt(row), 512), rank: n.rank };
    }
    return best;
  }

  #readUsage(d: Draft): void {
    const read = this.#reader;
    d.input = this.#tokens(d, 'inputTokens', Known.input);
    d.output = this.#tokens(d, 'outputTokens', Known.output);
    d.cacheRead = this.#tokens(d, 'cacheReadTokens', Known.cacheRead);
    d.cacheWrite = this.#tokens(d, 'cacheWriteTokens', Known.cacheWrite);
    d.reasoning = this.#tokens(d, 'reasoningTokens', Known.reasoning);
    if (d.known & (Known.cacheRead | Known.cacheWrite)) this.#mend(d);
    if (!read.has('cost')) return;
    const cost = reportedCost(read.value('cost'));
    if (cost === null) d.flags |= Flag.valueOutOfRange;
    else {
      d.reportedCost = cost;
      d.known |= Known.reportedCost;
    }
  }

  #mend(d: Draft): void {
    for (const quirk of QUIRKS) quirk(d, this.#reader);
    if (Number.isSafeInteger(d.input)) return;
    // Each part was a count; their sum is none any more.
    d.input = 0;
    d.known &= ~Known.input;
    d.flags |= Flag.valueOutOfRange;
  }

  /** A count of tokens: a whole number up to 2^53. Anything else is unknown and flagged, never a wrong number. */
  #tokens(
    d: Draft,
    field: 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens' | 'reasoningTokens',
    bit: number,
  ): number {
    const value = this.#reader.number(field);
    if (value === undefined) return 0;
    if (!Number.isSafeInteger(value) || value < 0) {
      d.flags |= Flag.valueOutOfRange;
      return 0;
    }
    d.known |= bit;
    return value;
  }

  #addEvents(d: Draft, span: Span, table: AttributeTable, texts: Texts, content: Content | null): void {
    const kept = new SurroundingList();
    for (const e of span.events) {
      const attributes = attributesObject(table, e.from, e.to);
      const messages = content ? [] : eventMessages(e.name, null, attributes);
      if (messages.length === 0) kept.add({ name: cut(e.name, MAX_NAME), at: e.at.toString() }, table, e.from, e.to);
      for (const m of messages) {
        if (m.side === 'input') d.inputRefs = [...d.inputRefs, texts.putText(m.text)];
        else d.outputRefs = [...d.outputRefs, texts.putText(m.text)];
      }
    }
    d.events = kept.text();
    if (kept.truncated) d.flags |= Flag.truncated;
  }

  #keyHash(key: number): number {
    this.#keyHashes[key] ??= hashText(this.keys.name(key));
    return this.#keyHashes[key];
  }

  #hashDraft(d: Draft, span: Span, table: AttributeTable, content: Content | null): void {
    const h = this.#hash;
    h.reset();
    for (let i = span.from; i < span.to; i++) {
      const type = table.types[i]!;
      if ((table.length[i]! > MAX_VALUE && !content?.skip.has(i)) || table.isCut(i)) d.flags |= Flag.truncated;
      // Texts are hashed already, by their references.
      const value =
        table.length[i]! > 0 && !content?.skip.has(i)
          ? hashBytes(table.bytes, table.from[i]!, table.length[i]!)
          : hashNumber(table.numbers[i]!);
      h.add(this.#keyHash(table.keys[i]!), value ^ type);
    }
    h.addText(1, span.name);
    h.addText(2, span.parentId);
    h.addText(3, span.statusMessage);
    h.add(4, span.statusCode);
    h.add(5, hashBigInt(span.start));
    h.add(6, hashBigInt(span.end));
    addRefs(h, 7, d.inputRefs);
    addRefs(h, 8, d.outputRefs);
    if (d.events) h.addText(9, d.events);
    if (d.links) h.addText(10, d.links);
    d.hashHi = h.hi >>> 0;
    d.hashLo = h.lo >>> 0;
  }
}

function addLinks(d: Draft, span: Span, table: AttributeTable): void {
  const links = new SurroundingList();
  for (const { traceId, spanId, from, to } of span.links) {
    links.add({ traceId: traceId.slice(0, 32), spanId: spanId.slice(0, 16) }, table, from, to);
  }
  d.links = links.text();
  if (links.truncated) d.flags |= Flag.truncated;
}

/** Texts in their order: `add` alone does not tell which came first. */
function addRefs(h: ContentHash, key: number, refs: readonly string[]): void {
  for (let i = 0; i < refs.length; i++) h.add(key + 16 * i, Number.parseInt(refs[i]!.slice(0, 8), 16));
}

/** Lengths, in UTF-16 units, beyond which what should be a word is cut: it is kept in dictionaries and in memory. */
const MAX_FEATURE = 64;
const MAX_ID = 256;
const MAX_NAME = 1024;

const NO_TAGS: readonly string[] = Object.freeze([]);
const NO_NAME = { name: '', rank: 1000 };
const NO_MARKER: Marker = { runId: '', traceId: '', name: '', feature: '', sourceId: '', userId: '', sessionId: '', startedAt: 0n };
const OTLP_ERROR = 2;

function statusOf(read: SpanReader, span: Span): TaskStatus {
  if (span.end === 0n) return 'running';
  if (span.statusCode === OTLP_ERROR) return 'failed';
  return read.has('status') && read.text('status') === 'cancelled' ? 'cancelled' : 'completed';
}
