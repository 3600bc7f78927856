import { getOrCreate } from '../collections.ts';
import { type AttributeTable, ValueType } from '../decode/attributes.ts';
import type { Span } from '../decode/span.ts';
import type { ContentSource } from './dialect.ts';
import { parseJson } from './plain.ts';
import type { SpanReader } from './reader.ts';
import { splitJsonList, type Texts } from './texts.ts';

/** Messages of a list kept one by one; a longer list is kept as one text. */
const MAX_MESSAGES = 2000;

export interface Content {
  inputRefs: string[];
  outputRefs: string[];
  /** Attribute rows that are kept as texts and so left out of the attribute map. */
  skip: Set<number>;
}

/**
 * The texts of a span: what went in, what came out. Of several conventions on one span the first in dialect order is taken for each side;
 * the others stay attributes. Returns null where there is no content.
 */
export function contentOf(read: SpanReader, texts: Texts): Content | null {
  const { span, table, rules } = read;
  let chosen: number[] | null = null;
  for (let i = span.from; i < span.to; i++) {
    const key = table.keys[i]!;
    if (key < rules.keys.known && rules.roles[key]!.content >= 0 && table.length[i]! > 0) {
      chosen ??= [];
      chosen.push(i);
    }
  }
  const indexed = indexedMessages(read, span, table);
  if (!chosen && !indexed) return null;
  const content: Content = { inputRefs: [], outputRefs: [], skip: new Set() };
  for (const side of ['input', 'output'] as const) {
    const messages = indexed?.get(side);
    // Flattened messages say more than the raw request beside them.
    if (messages) addIndexed(messages, content[`${side}Refs`], content.skip, texts);
    else if (chosen) addChosen(read, chosen, side, content, texts);
  }
  return content;
}

function addChosen(read: SpanReader, rows: number[], side: 'input' | 'output', content: Content, texts: Texts): void {
  const { table, rules } = read;
  const sources = rows
    .map((row) => ({ row, order: rules.roles[table.keys[row]!]!.content }))
    .map((s) => ({ ...s, source: rules.content[s.order]! }))
    .filter((s) => s.source.side === side)
    .sort((a, b) => a.order - b.order);
  const refs = content[`${side}Refs`];
  const parts: { row: number; form: ContentSource['form'] }[] = [];
  let taken = false;
  for (const { row, source } of sources) {
    if (source.form === 'reasoning' || source.form === 'toolCalls' || source.form === 'assistant') {
      if (!taken) parts.push({ row, form: source.form });
      continue;
    }
    if (taken) continue;
    content.skip.add(row);
    if (source.form === 'system') refs.push(texts.putText(JSON.stringify({ role: 'system', content: read.table.value(row) })));
    else {
      taken = true;
      if (source.form === 'messages') addMessages(table, row, refs, texts);
      else if (source.form === 'user') refs.push(texts.putText(JSON.stringify({ role: 'user', content: table.text(row) })));
      else refs.push(putValue(table, row, texts));
    }
  }
  if (parts.length > 0 && !taken) {
    for (const p of parts) content.skip.add(p.row);
    refs.push(texts.putText(assistantMessage(table, parts)));
  }
}

function addMessages(table: AttributeTable, row: number, refs: string[], texts: Texts): void {
  if (table.types[row] !== ValueType.string) return addStructured(table, row, refs, texts);
  const from = table.from[row]!;
  const ranges = splitJsonList(table.bytes, from, from + table.length[row]!, MAX_MESSAGES);
  if (!ranges || !areMessages(ranges.length / 2, table.length[row]!)) refs.push(putValue(table, row, texts));
  else for (let i = 0; i < ranges.length; i += 2) refs.push(texts.put(table.bytes, ranges[i]!, ranges[i + 1]!));
}

function addStructured(table: AttributeTable, row: number, refs: string[], texts: Texts): void {
  const value = table.value(row);
  const items = Array.isArray(value) ? value : [value];
  if (!areMessages(items.length, table.length[row]!)) refs.push(putValue(table, row, texts));
  else for (const item of items) refs.push(texts.putText(JSON.stringify(item)));
}

/** Many that are shorter than any message are none: each costs a hash, and a request has room for millions. */
const areMessages = (count: number, bytes: number): boolean => count <= 64 || (count <= MAX_MESSAGES && bytes / count >= 16);

function putValue(table: AttributeTable, row: number, texts: Texts): string {
  if (table.types[row] !== ValueType.string) return texts.putText(table.text(row));
  const from = table.from[row]!;
  return texts.put(table.bytes, from, from + table.length[row]!);
}

/** AI SDK answers lie in several attributes; one message is made of them. */
function assistantMessage(table: AttributeTable, parts: readonly { row: number; form: ContentSource['form'] }[]): string {
  const content: unknown[] = [];
  for (const { row, form } of parts) {
    if (form === 'toolCalls') {
      const calls = table.value(row);
      const list = typeof calls === 'string' ? parseJson(calls) : calls;
      if (Array.isArray(list)) for (const call of list) content.push({ type: 'tool-call', ...fieldsOf(call) });
      else content.push({ type: 'text', text: table.text(row) });
    } else content.push({ type: form === 'reasoning' ? 'reasoning' : 'text', text: table.text(row) });
  }
  return JSON.stringify({ role: 'assistant', content });
}

/** A text would be spread into a field for each of its characters. */
const fieldsOf = (call: unknown): object => (call !== null && typeof call === 'object' && !Array.isArray(call) ? call : { input: call });

interface IndexedMessage {
  fields: Record<string, unknown>;
  rows: number[];
}

/** A key of a flattened list, taken apart once per key: which list, which element, which field of it. */
interface IndexedKey {
  prefix: number;
  index: number;
  path: string[];
}
const indexedKeys = new WeakMap<object, (IndexedKey | null | undefined)[]>();

function indexedMessages(read: SpanReader, span: Span, table: AttributeTable): Map<'input' | 'output', Map<number, IndexedMessage>> | null {
  const cache = indexedKeys.get(read.rules) ?? [];
  if (cache.length === 0) indexedKeys.set(read.rules, cache);
  let found: Map<number, Map<number, IndexedMessage>> | null = null;
  for (let i = span.from; i < span.to; i++) {
    const key = table.keys[i]!;
    if (key < read.rules.keys.known) continue;
    let parsed = cache[key];
    if (parsed === undefined) {
      parsed = parseIndexedKey(read, key);
      cache[key] = parsed;
    }
    if (!parsed || parsed.index >= MAX_MESSAGES) continue;
    found ??= new Map();
    const list = getOrCreate(found, parsed.prefix, () => new Map<number, IndexedMessage>());
    const message = getOrCreate(list, parsed.index, (): IndexedMessage => ({ fields: Object.create(null), rows: [] }));
    assign(message.fields, parsed.path, table.value(i));
    message.rows.push(i);
  }
  if (!found) return null;
  const sides = new Map<'input' | 'output', Map<number, IndexedMessage>>();
  for (const prefix of [...found.keys()].sort((a, b) => a - b)) {
    const side = read.rules.indexed[prefix]!.side;
    if (!sides.has(side)) sides.set(side, found.get(prefix)!);
  }
  return sides;
}

function parseIndexedKey(read: SpanReader, key: number): IndexedKey | null {
  const name = read.rules.keys.name(key);
  for (const { prefix, order } of read.rules.indexed) {
    if (!name.startsWith(`${prefix}.`)) continue;
    const match = /^(\d{1,6})(?:\.(.+))?$/.exec(name.slice(prefix.length + 1));
    if (match) return { prefix: order, index: Number(match[1]), path: match[2] ? match[2].split('.') : [] };
  }
  return null;
}

/** Sets a dotted path; numeric steps make lists, sparse ones are closed up when written out. */
function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = target;
  for (const step of path.slice(0, -1)) {
    const next = at[step];
    if (next === null || typeof next !== 'object') at[step] = Object.create(null);
    at = at[step] as Record<string, unknown>;
  }
  at[path.at(-1) ?? 'value'] = value;
}

function addIndexed(messages: Map<number, IndexedMessage>, refs: string[], skip: Set<number>, texts: Texts): void {
  for (const index of [...messages.keys()].sort((a, b) => a - b)) {
    const { fields, rows } = messages.get(index)!;
    const only = ['message', 'document', 'prompt', 'completion'].find((k) => k in fields && Object.keys(fields).length === 1);
    refs.push(texts.putText(JSON.stringify(toLists(only ? fields[only] : fields))));
    for (const row of rows) skip.add(row);
  }
}

/** Objects whose keys are all numbers become lists, in order of the numbers. */
function toLists(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  const record = value as Record<string, unknown>;
  if (keys.length > 0 && keys.every((k) => /^\d+$/.test(k))) {
    return keys.sort((a, b) => Number(a) - Number(b)).map((k) => toLists(record[k]));
  }
  const out: Record<string, unknown> = Object.create(null);
  for (const k of keys) out[k] = toLists(record[k]);
  return out;
}
