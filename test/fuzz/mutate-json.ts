import type { Dice } from './dice.ts';
import { DOUBLES, NUMBERS, someKey, someText } from './words.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
interface Place {
  readonly holder: Json[] | { [key: string]: Json };
  readonly key: string | number;
}

/** Marks what is written as it stands, without quotes: numbers that JSON.stringify cannot write. */
const RAW = '\u0001raw:';

const read = ({ holder, key }: Place): Json => (holder as Record<string | number, Json>)[key]!;
const put = ({ holder, key }: Place, value: Json): void => {
  // As JSON.parse does it: `__proto__` is a name like any other.
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
};

const FIELDS = [
  'traceId',
  'spanId',
  'parentSpanId',
  'name',
  'kind',
  'status',
  'code',
  'attributes',
  'events',
  'links',
  'key',
  'value',
  'stringValue',
  'intValue',
  'doubleValue',
  'boolValue',
  'bytesValue',
  'arrayValue',
  'kvlistValue',
  'values',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'droppedAttributesCount',
  'resource_spans',
  'start_time_unix_nano',
  '__proto__',
  'constructor',
  'toString',
];

const MUTATIONS: readonly ((dice: Dice, place: Place, donor: () => Place[]) => void)[] = [
  (_dice, { holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  },
  (dice, { holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 0, ...Array<Json>(1 + dice.size(30)).fill(holder[Number(key)]!));
  },
  (dice, place) => {
    if (Array.isArray(place.holder)) return;
    const value = read(place);
    delete place.holder[place.key];
    put({ holder: place.holder, key: dice.pick(FIELDS) }, value);
  },
  (dice, place) => put(place, dice.pick<() => Json>([() => [read(place)], () => ({ [dice.pick(FIELDS)]: read(place) })])()),
  (dice, place, donor) => {
    const others = donor();
    if (others.length > 0) put(place, structuredClone(read(dice.pick(others))));
  },
  (dice, place) => {
    let value: Json = read(place);
    const wrap = dice.pick<(v: Json) => Json>([
      (v) => [v],
      (v) => ({ arrayValue: { values: [v] } }),
      (v) => ({ kvlistValue: { values: [{ key: 'k', value: v }] } }),
    ]);
    for (let depth = dice.pick([3, 31, 33, 41, 400]); depth > 0; depth--) value = wrap(value);
    put(place, value);
  },
  (dice, place) => put(place, someValue(dice)),
  (dice, place) => put(place, someValue(dice)),
  (dice, place) => put(place, someValue(dice)),
];

function someValue(dice: Dice): Json {
  return dice.pick<() => Json>([
    () => null,
    () => dice.chance(0.5),
    () => [],
    () => ({}),
    () => ({ toString: 1, valueOf: 1 }),
    () => someText(dice),
    () => someKey(dice),
    () => dice.bytes(dice.pick([8, 16, 7, 17])).toString(dice.pick(['hex', 'base64'])),
    () => dice.pick(DOUBLES.filter(Number.isFinite)),
    () => `${RAW}${dice.pick(NUMBERS)}`,
    () => String(dice.pick(NUMBERS)),
    () =>
      `${RAW}${dice.pick(['1e999', '-1e-999', '-0', '1E2', '1767225600123456789', '9'.repeat(400), '-18446744073709551616', '1.0000000000000000001'])}`,
    () => dice.pick(['SPAN_KIND_CLIENT', 'STATUS_CODE_ERROR', 'span_kind_client', 'NaN', 'Infinity', '-Infinity', 'true']),
  ])();
}

function placesOf(value: Json, found: Place[] = []): Place[] {
  if (value === null || typeof value !== 'object') return found;
  for (const key of Object.keys(value)) {
    const place = { holder: value, key: Array.isArray(value) ? Number(key) : key };
    found.push(place);
    placesOf(read(place), found);
  }
  return found;
}

/** What no JSON.stringify writes: grammar that is almost right, spellings that are. */
const TEXT_MUTATIONS: readonly ((dice: Dice, text: string, at: number) => string)[] = [
  (dice, text, at) =>
    text.slice(0, at) +
    dice.pick([
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\\u',
      '\\ud800',
      '\\udc00',
      '\\u0000',
      '\0',
      '\x1f',
      '\ufeff',
      '//',
      'NaN',
      '0',
      '-',
      '.',
      'e',
      ' '.repeat(500),
    ]) +
    text.slice(at),
  (dice, text, at) => text.slice(0, at) + text.slice(at + 1 + dice.size(20)),
  (_dice, text, at) => text.slice(0, at),
  (_dice, text) => `\ufeff${text}`,
  (_dice, text) => text.replaceAll(',', ' ,\r\n\t'),
  (dice, text) => text.replace(/[a-z]/g, (c) => (dice.chance(0.02) ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)),
  (dice, text, at) => `${text.slice(0, at)}${dice.pick(['[', '{"a":'])}`.padEnd(at + 2000, '['),
  // A name twice: the last one holds.
  (_dice, text) => text.replace('{', `{"resourceSpans":[],"resourceLogs":null,`),
];

/** The same as for protobuf, on the JSON of a request: changed as a tree, then now and then as a text. */
export function mutateJson(dice: Dice, text: string, donor: string, traceId: string | null): Buffer {
  const request = JSON.parse(text) as Json;
  const holder = { request };
  let others: Place[] | null = null;
  const fromDonor = (): Place[] => {
    others ??= placesOf(JSON.parse(donor) as Json);
    return others;
  };
  if (traceId) for (const place of placesOf(request)) if (place.key === 'traceId') put(place, traceId);
  for (let changes = dice.below(4); changes > 0; changes--) {
    const places = placesOf(holder);
    if (places.length > 0) dice.pick(MUTATIONS)(dice, dice.pick(places), fromDonor);
  }
  let written = JSON.stringify(holder.request ?? null).replace(/"\\u0001raw:([^"]*)"/g, '$1');
  if (dice.chance(0.25)) written = dice.pick(TEXT_MUTATIONS)(dice, written, dice.below(written.length + 1));
  const encoding = dice.chance(0.98) ? 'utf8' : 'utf16le';
  return Buffer.from(written, encoding);
}
