import { type Params, StoreError } from './store.ts';

/** A value on its way to the engine: a Param, with lists of integers as numbers. */
export type Bound = string | number | bigint | boolean | readonly string[] | readonly bigint[];

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' };

function escaped(text: string): string {
  return text.replace(/[\\'\t\n\r\0]/g, (char) => ESCAPES[char]!);
}

/** A string literal of ClickHouse SQL. */
export function literal(text: string): string {
  return `'${escaped(text)}'`;
}

/**
 * The values as the statement declares them: `{ids:Array(UInt128)}` takes its list of decimal strings as integers, because the engine
 * reads no quoted number inside a list. Throws StoreError `refused` where one is no integer.
 */
export function bind(sql: string, params: Params): Record<string, Bound> {
  const integers = new Set([...sql.matchAll(/\{\s*(\w+)\s*:\s*Array\(\s*U?Int\d+\s*\)\s*\}/g)].map((match) => match[1]!));
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      Array.isArray(value) && integers.has(name) ? value.map((text) => integer(name, text)) : value,
    ]),
  );
}

function integer(name: string, text: string): bigint {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  throw new StoreError('refused', `The list ${name} holds '${text.slice(0, 40)}', which is no integer.`);
}

/** A value in the text form in which ClickHouse reads the value of a `{name:Type}` placeholder. */
export function paramText(value: Bound): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return `[${value.map((item) => (typeof item === 'bigint' ? String(item) : literal(item))).join(',')}]`;
}

/** Names of the `{name:Type}` placeholders of a statement. May name more (inside a string literal), never less. */
export function placeholders(sql: string): string[] {
  return [...sql.matchAll(/\{\s*(\w+)\s*:/g)].map((match) => match[1]!);
}

/** Settings that make one file one exactly-once insert. They are pinned, because their defaults changed between ClickHouse versions. */
export const EXACT_INSERT = {
  async_insert: 0,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  materialized_views_ignore_errors: 0,
  // One reader and one order of blocks, so that a repeat cuts the file into the same blocks.
  max_insert_threads: '1',
  input_format_parallel_parsing: 0,
  min_insert_block_size_rows: '4000000',
  min_insert_block_size_bytes: '1000000000',
  max_partitions_per_insert_block: '0',
  // Cheaper, not different: rows are merged by the views' own GROUP BY and by merges later, and machine code for expressions over one block
  // costs more than it saves. Together four of ten microseconds of CPU a row (16k rows, all views).
  optimize_on_insert: 0,
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
} as const;
