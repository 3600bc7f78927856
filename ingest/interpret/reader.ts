import { type AttributeTable, ValueType } from '../decode/attributes.ts';
import type { Interner } from '../decode/intern.ts';
import type { Span } from '../decode/span.ts';
import { fieldIndex, type Rules } from './compile.ts';
import { FIELDS, type Field } from './dialect.ts';
import { parseJson, plainText } from './plain.ts';

const ABSENT = 1 << 30;
const SHORT = 96;
/** Short values kept as one string each; beyond it each has its own. */
export const MAX_STRINGS = 200_000;

/**
 * The attributes of one span, by field and by known key. One instance is reused for every span of a batch: `load` costs one pass over the
 * attributes, and no object is made for any of them.
 */
export class SpanReader {
  span!: Span;
  table!: AttributeTable;
  readonly #at: Int32Array;
  readonly #stamp: Uint32Array;
  #generation = 0;
  readonly #rank = new Int32Array(FIELDS.length);
  readonly #row = new Int32Array(FIELDS.length);
  readonly #json: (unknown | undefined)[] = new Array(FIELDS.length);
  readonly #parsed = new Map<number, unknown>();
  constructor(
    readonly rules: Rules,
    private readonly strings: Interner,
  ) {
    this.#at = new Int32Array(rules.keys.known);
    this.#stamp = new Uint32Array(rules.keys.known);
  }

  load(span: Span, table: AttributeTable): void {
    this.span = span;
    this.table = table;
    this.#generation++;
    this.#rank.fill(ABSENT);
    this.#parsed.clear();
    let withJson = false;
    const { keys, types, length } = table;
    const known = this.rules.keys.known;
    for (let i = span.from; i < span.to; i++) {
      const key = keys[i]!;
      // An empty string says nothing; the next source may.
      if (key >= known || types[i] === ValueType.none || (types[i] === ValueType.string && length[i] === 0)) continue;
      this.#at[key] = i;
      this.#stamp[key] = this.#generation;
      const role = this.rules.roles[key]!;
      for (const b of role.bindings) {
        if (b.rank <= this.#rank[b.field]!) {
          this.#rank[b.field] = b.rank;
          this.#row[b.field] = i;
        }
      }
      if (role.json.length > 0) withJson = true;
    }
    if (withJson) this.#loadJson(span);
  }

  #loadJson(span: Span): void {
    this.#json.fill(undefined);
    for (let i = span.from; i < span.to; i++) {
      const key = this.table.keys[i]!;
      if (key >= this.rules.keys.known) continue;
      for (const b of this.rules.roles[key]!.json) {
        if (b.rank > this.#rank[b.field]!) continue;
        const value = dig(this.json(i), b.path);
        if (value === undefined || value === null || value === '') continue;
        this.#rank[b.field] = b.rank;
        this.#row[b.field] = -1;
        this.#json[b.field] = value;
      }
    }
  }

  /** The row of a known key, or -1. */
  row(key: number): number {
    return this.#stamp[key] === this.#generation ? this.#at[key]! : -1;
  }

  has(field: Field): boolean {
    return this.#rank[fieldIndex[field]] !== ABSENT;
  }

  /** The field as text; '' where no source has it. */
  text(field: Field): string {
    const f = fieldIndex[field];
    if (this.#rank[f] === ABSENT) return '';
    const row = this.#row[f]!;
    if (row >= 0) return this.textAt(row);
    return plainText(this.#json[f]);
  }

  /** The field as JavaScript value; undefined where no source has it. */
  value(field: Field): unknown {
    const f = fieldIndex[field];
    if (this.#rank[f] === ABSENT) return undefined;
    const row = this.#row[f]!;
    return row >= 0 ? this.table.value(row) : this.#json[f];
  }

  textAt(row: number): string {
    const t = this.table;
    if (t.types[row] !== ValueType.string) return t.text(row);
    const length = t.length[row]!;
    return length <= SHORT && this.strings.size < MAX_STRINGS ? this.strings.text(t.bytes, t.from[row]!, length) : t.text(row);
  }

  /** The field as a number, from an int, a double or numeric text; NaN where the source holds none, undefined where there is no source. */
  number(field: Field): number | undefined {
    const f = fieldIndex[field];
    if (this.#rank[f] === ABSENT) return undefined;
    const row = this.#row[f]!;
    if (row < 0) return toNumber(this.#json[f]);
    const type = this.table.types[row];
    if (type === ValueType.int || type === ValueType.double) return this.table.numbers[row]!;
    return toNumber(this.table.value(row));
  }

  /** A row's value as JSON: parsed text or a structured value; undefined where the text is not JSON. */
  json(row: number): unknown {
    if (this.#parsed.has(row)) return this.#parsed.get(row);
    const value = this.table.value(row);
    const parsed = typeof value === 'string' ? parseJson(value) : value;
    this.#parsed.set(row, parsed);
    return parsed;
  }
}

function dig(value: unknown, path: readonly string[]): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return at;
}

/** No number takes more; a pattern on a text of digits without end would try every way to read it. */
const MAX_NUMBER = 64;

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.length <= MAX_NUMBER && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value))
    return Number(value);
  return Number.NaN;
}
