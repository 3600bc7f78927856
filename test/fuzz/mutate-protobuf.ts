import { doubleField, lengthField, nested, varint, varintField } from '../support/otlp-wire.ts';
import type { Dice } from './dice.ts';
import { ANY_VALUE, copyOf, leaf, messagesOf, type Node, parse, type Schema, write } from './wire-tree.ts';
import { DOUBLES, NO_TEXTS, NUMBERS, someKey, someText } from './words.ts';

type Message = { fields: Node[]; schema: Schema };
/** Changes one field of a message in its place; `donor` is another request of the same signal. */
type Mutation = (dice: Dice, message: Message, at: number, donor: () => Message[]) => void;

const OVERLONG = Buffer.from([...Array<number>(12).fill(0x80), 0x00]);

const MUTATIONS: readonly Mutation[] = [
  (_dice, { fields }, at) => void fields.splice(at, 1),
  (dice, { fields }, at) => void fields.splice(at, 0, ...Array<Node>(1 + dice.size(30)).fill(fields[at]!)),
  (dice, { fields }, at) => {
    const other = dice.below(fields.length);
    [fields[at], fields[other]] = [fields[other]!, fields[at]!];
  },
  // The same content under another field, or under another wire type.
  (dice, { fields, schema }, at) => {
    const known = Object.keys(schema).map(Number);
    fields[at] = {
      ...fields[at]!,
      field: dice.chance(0.7) && known.length > 0 ? dice.pick(known) : dice.pick([0, 1, 15, 16, 2047, 2 ** 29 - 1, 2 ** 29]),
    };
  },
  (dice, { fields }, at) => {
    fields[at] = { ...fields[at]!, wire: dice.below(8) };
  },
  (dice, { fields }, at) => {
    fields[at] = { ...fields[at]!, lie: dice.pick([-1, 1, -5, 7, 100, 2 ** 20, 2 ** 31, 2 ** 40]) };
  },
  // A message within itself.
  (dice, { fields }, at) => {
    const node = fields[at]!;
    if (!node.children) return;
    let inner = node.children;
    for (let depth = 1 + dice.size(40); depth > 0; depth--) inner = [{ ...node, children: inner }];
    fields[at] = { ...node, children: inner };
  },
  // A message of the same kind of another request.
  (dice, message, at, donor) => {
    const others = donor().filter(({ schema }) => schema === message.schema && Object.keys(schema).length > 0);
    if (others.length === 0) return;
    const { fields } = dice.pick(others);
    if (fields.length > 0) message.fields.splice(at, dice.below(2), ...fields.slice(dice.below(fields.length)).slice(0, 8).map(copyOf));
  },
  newValue,
  newValue,
  newValue,
  newValue,
];

/** Another value for what the field holds. */
function newValue(dice: Dice, { fields, schema }: Message, at: number): void {
  const node = fields[at]!;
  if (schema === ANY_VALUE || node.schema === ANY_VALUE) {
    const value = anyValue(dice);
    if (schema === ANY_VALUE) fields.splice(0, fields.length, ...parseOr(value));
    else fields[at] = { ...node, children: null, bytes: value };
  } else if (node.wire === 0) fields[at] = { ...node, bytes: number(dice) };
  else if (node.wire === 1) fields[at] = { ...node, bytes: fixed64(dice) };
  else if (node.schema === 'bytes') fields[at] = { ...node, bytes: id(dice) };
  else if (node.schema === 'string') fields[at] = { ...node, bytes: text(dice, node.field === 1) };
  else if (node.children && node.children.length > 0) newValue(dice, { fields: node.children, schema: node.schema as Schema }, 0);
}

function parseOr(value: Buffer): Node[] {
  try {
    return parse(value, ANY_VALUE);
  } catch {
    return [leaf(1, 2, value)];
  }
}

const number = (dice: Dice): Buffer => (dice.chance(0.1) ? OVERLONG : varint(dice.pick(NUMBERS)));

function fixed64(dice: Dice): Buffer {
  const bytes = Buffer.alloc(8);
  if (dice.chance(0.3)) bytes.writeDoubleLE(dice.pick(DOUBLES));
  else bytes.writeBigUInt64LE(dice.pick(NUMBERS));
  return bytes;
}

function id(dice: Dice): Buffer {
  const length = dice.pick([8, 16, 16, 16, 0, 1, 7, 15, 17, 40]);
  return dice.chance(0.6) ? dice.bytes(length) : Buffer.alloc(length, dice.pick([0, 1, 0xff]));
}

function text(dice: Dice, key: boolean): Buffer {
  if (dice.chance(0.15)) return Buffer.concat([Buffer.from(someText(dice)), dice.pick(NO_TEXTS)]);
  return Buffer.from(key ? someKey(dice) : someText(dice));
}

/** An encoded AnyValue of any kind. */
function anyValue(dice: Dice, depth = 0): Buffer {
  switch (dice.below(depth > 3 ? 6 : 10)) {
    case 0:
      return varintField(2, dice.below(3));
    case 1:
      return Buffer.concat([varint(24), number(dice)]);
    case 2:
      return doubleField(4, dice.pick(DOUBLES));
    case 3:
      return lengthField(7, dice.bytes(dice.size(200)));
    case 4:
      return dice.pick([Buffer.alloc(0), varintField(9, 1), Buffer.of(0x0b), Buffer.of(0x0a)]);
    case 5:
    case 6:
      return lengthField(1, text(dice, false));
    case 7:
      return dice.chance(0.2)
        ? nested(dice.pick([31, 32, 33, 64, 500]))
        : lengthField(
            5,
            many(dice, () => anyValue(dice, depth + 1)),
          );
    case 8:
      return lengthField(
        6,
        many(dice, () => Buffer.concat([lengthField(1, text(dice, true)), lengthField(2, anyValue(dice, depth + 1))])),
      );
    default:
      // The last of a oneof wins.
      return Buffer.concat([anyValue(dice, depth + 1), anyValue(dice, depth + 1)]);
  }
}

const many = (dice: Dice, one: () => Buffer): Buffer => Buffer.concat(Array.from({ length: dice.size(8) }, () => lengthField(1, one())));

/**
 * A request like `bytes`, changed in one to four places where it means something. `donor` is one of the same signal to take parts from.
 * @param traceId what all spans of it are given as trace id, or null to leave them in theirs
 */
export function mutateProtobuf(dice: Dice, bytes: Buffer, schema: Schema, donor: Buffer, traceId: Buffer | null): Buffer {
  const request = parse(bytes, schema);
  if (traceId) giveTrace(request, schema, traceId);
  let others: Message[] | null = null;
  const fromDonor = (): Message[] => {
    others ??= messagesOf(parse(donor, schema), schema);
    return others;
  };
  for (let changes = 1 + dice.below(4); changes > 0; changes--) {
    const messages = messagesOf(request, schema).filter(({ fields }) => fields.length > 0);
    if (messages.length === 0) break;
    const message = dice.pick(messages);
    dice.pick(MUTATIONS)(dice, message, dice.below(message.fields.length), fromDonor);
  }
  return write(request);
}

/** Spans and log records name their trace in fields 1 and 9. */
function giveTrace(request: Node[], schema: Schema, traceId: Buffer): void {
  for (const { fields } of messagesOf(request, schema)) {
    for (let i = 0; i < fields.length; i++) {
      const node = fields[i]!;
      if (node.schema === 'bytes' && node.bytes.length === 16) fields[i] = { ...node, bytes: traceId };
    }
  }
}
