import { varint } from '../support/otlp-wire.ts';

/** What the fields of a message hold; only what the mutations need to know. */
export interface Schema {
  readonly [field: number]: 'string' | 'bytes' | Schema;
}

const anyValue: Record<number, Schema[number]> = { 1: 'string', 7: 'bytes' };
const keyValue: Schema = { 1: 'string', 2: anyValue };
anyValue[5] = { 1: anyValue };
anyValue[6] = { 1: keyValue };

const resource: Schema = { 1: keyValue };
const scope: Schema = { 1: 'string', 2: 'string', 3: keyValue };
const span: Schema = {
  1: 'bytes',
  2: 'bytes',
  3: 'string',
  4: 'bytes',
  5: 'string',
  9: keyValue,
  11: { 2: 'string', 3: keyValue },
  13: { 1: 'bytes', 2: 'bytes', 4: keyValue },
  15: { 2: 'string' },
};
const record: Schema = { 3: 'string', 5: anyValue, 6: keyValue, 9: 'bytes', 10: 'bytes', 12: 'string' };
/** OTLP as far as it is read: requests of traces and of logs. */
export const SCHEMAS = {
  traces: { 1: { 1: resource, 2: { 1: scope, 2: span } } },
  logs: { 1: { 1: resource, 2: { 1: scope, 2: record } } },
} satisfies Record<string, Schema>;
export const ANY_VALUE: Schema = anyValue;
export const KEY_VALUE: Schema = keyValue;
export const SPAN: Schema = span;

/** A field of a message. */
export interface Node {
  field: number;
  wire: number;
  /** Of a number, without the tag. */
  bytes: Buffer;
  /** Of a submessage. */
  children: Node[] | null;
  schema: Schema[number] | null;
  /** Added to its true length when it is written. */
  lie: number;
}

export const leaf = (field: number, wire: number, bytes: Buffer, schema: Schema[number] | null = null): Node => ({
  field,
  wire,
  bytes,
  children: null,
  schema,
  lie: 0,
});

/** With children of its own: a part that is put into itself would have no end. */
export const copyOf = (node: Node): Node => ({ ...node, children: node.children?.map(copyOf) ?? null });

/** Takes a message apart. Throws on what is not well formed: it is given real requests only. */
export function parse(bytes: Buffer, schema: Schema): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('cut message');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = number();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    const from = at;
    if (wire === 0) number();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = number();
      const of = schema[field] ?? null;
      const value = bytes.subarray(at, at + length);
      at += length;
      const children = of !== null && typeof of === 'object' ? parse(value, of) : null;
      nodes.push({ ...leaf(field, 2, value, of), children });
      continue;
    } else throw new Error(`wire type ${wire}`);
    nodes.push(leaf(field, wire, bytes.subarray(from, at)));
  }
  return nodes;
}

/** Writes them again, lies and all. */
export function write(nodes: readonly Node[]): Buffer {
  const chunks: Buffer[] = [];
  writeTo(chunks, nodes);
  return Buffer.concat(chunks);
}

/** Returns the number of bytes added. */
function writeTo(chunks: Buffer[], nodes: readonly Node[]): number {
  let size = 0;
  for (const { field, wire, bytes, children, lie } of nodes) {
    const tag = field * 8 + wire;
    const head = chunks.push(NOTHING) - 1;
    let length = bytes.length;
    if (children) length = writeTo(chunks, children);
    else chunks.push(bytes);
    const start = wire === 2 ? Buffer.concat([short(tag), short(Math.max(0, length + lie))]) : short(tag);
    chunks[head] = start;
    size += start.length + length;
  }
  return size;
}

const NOTHING = Buffer.alloc(0);
const SHORT = Array.from({ length: 16_384 }, (_, value) => varint(value));
const short = (value: number): Buffer => SHORT[value] ?? varint(value);

/** All messages of a tree, the request itself first: the list of fields of each, and what kind of message it is. */
export function messagesOf(nodes: Node[], schema: Schema, found: { fields: Node[]; schema: Schema }[] = []): typeof found {
  found.push({ fields: nodes, schema });
  for (const node of nodes) if (node.children) messagesOf(node.children, node.schema as Schema, found);
  return found;
}
