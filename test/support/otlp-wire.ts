/** Protobuf by hand: the tests must be able to write what no encoder would. */

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const tag = (field: number, wireType: number): Buffer => varint((BigInt(field) << 3n) | BigInt(wireType));

export const varintField = (field: number, value: number | bigint): Buffer => Buffer.concat([tag(field, 0), varint(value)]);

export function fixed64Field(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([tag(field, 1), bytes]);
}

export function doubleField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([tag(field, 1), bytes]);
}

/** A string, bytes or submessage. */
export function lengthField(field: number, value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([tag(field, 2), varint(bytes.length), bytes]);
}

/** A value of an attribute: bigint is an int, number a double, Buffer an encoded AnyValue as it is. */
export type Value = string | number | bigint | boolean | null | readonly Value[] | Buffer | { readonly [key: string]: Value };

export function anyValue(value: Value): Buffer {
  if (value === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'string') return lengthField(1, value);
  if (typeof value === 'boolean') return varintField(2, value ? 1 : 0);
  if (typeof value === 'bigint') return varintField(3, value);
  if (typeof value === 'number') return doubleField(4, value);
  if (Array.isArray(value)) return lengthField(5, Buffer.concat(value.map((item) => lengthField(1, anyValue(item)))));
  return lengthField(6, Buffer.concat(Object.entries(value).map(([k, v]) => lengthField(1, keyValue(k, v)))));
}

export const bytesValue = (bytes: Uint8Array): Buffer => lengthField(7, bytes);

export const keyValue = (key: string | Uint8Array, value: Value): Buffer =>
  Buffer.concat([lengthField(1, key), lengthField(2, anyValue(value))]);

/** An AnyValue of arrays in arrays, `depth` of them. */
export function nested(depth: number): Buffer {
  let value = anyValue('core');
  for (let i = 0; i < depth; i++) value = lengthField(5, lengthField(1, value));
  return value;
}

export interface SpanInput {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly start?: bigint;
  readonly end?: bigint;
  readonly attributes?: Readonly<Record<string, Value>> | readonly (readonly [string, Value])[];
  readonly events?: readonly { name: string; at?: bigint; attributes?: Readonly<Record<string, Value>> }[];
  readonly status?: { code: number; message?: string };
  /** Appended as it is. */
  readonly raw?: Uint8Array;
}

const START = 1_795_341_600_000_000_000n;

export function spanMessage(s: SpanInput = {}): Buffer {
  const attributes = Array.isArray(s.attributes) ? s.attributes : Object.entries(s.attributes ?? {});
  return Buffer.concat([
    lengthField(1, Buffer.from(s.traceId ?? '0af7651916cd43dd8448eb211c80319c', 'hex')),
    lengthField(2, Buffer.from(s.spanId ?? '00f067aa0ba902b7', 'hex')),
    ...(s.parentId === undefined ? [] : [lengthField(4, Buffer.from(s.parentId, 'hex'))]),
    lengthField(5, s.name ?? 'span'),
    fixed64Field(7, s.start ?? START),
    fixed64Field(8, s.end ?? (s.start ?? START) + 1_000_000_000n),
    ...attributes.map(([key, value]) => lengthField(9, keyValue(key, value))),
    ...(s.events ?? []).map((e) =>
      lengthField(
        11,
        Buffer.concat([
          fixed64Field(1, e.at ?? START),
          lengthField(2, e.name),
          ...Object.entries(e.attributes ?? {}).map(([key, value]) => lengthField(3, keyValue(key, value))),
        ]),
      ),
    ),
    ...(s.status ? [lengthField(15, Buffer.concat([lengthField(2, s.status.message ?? ''), varintField(3, s.status.code)]))] : []),
    ...(s.raw ? [Buffer.from(s.raw)] : []),
  ]);
}

/** An ExportTraceServiceRequest with these spans under one resource and scope. */
export const requestOf = (...spans: readonly Uint8Array[]): Buffer => requestFrom('test', ...spans);

export function requestFrom(scopeName: string, ...spans: readonly Uint8Array[]): Buffer {
  const scope = Buffer.concat([lengthField(1, lengthField(1, scopeName)), ...spans.map((span) => lengthField(2, span))]);
  const resource = lengthField(1, lengthField(1, keyValue('service.name', 'test')));
  return lengthField(1, Buffer.concat([resource, lengthField(2, scope)]));
}

/** An ExportLogsServiceRequest. */
export function logsRequestOf(...records: readonly Uint8Array[]): Buffer {
  return lengthField(1, lengthField(2, Buffer.concat(records.map((record) => lengthField(2, record)))));
}
