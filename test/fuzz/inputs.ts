import type { Corpus, Encoding, Signal } from './corpus.ts';
import { Dice } from './dice.ts';
import { compress, mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateProtobuf } from './mutate-protobuf.ts';
import { SCHEMAS } from './wire-tree.ts';

/** What a sender sends. */
export interface Input {
  readonly signal: Signal | 'metrics';
  readonly json: boolean;
  readonly gzip: boolean;
  readonly body: Buffer;
}

/** Input `number` of a seed: a real request, changed. Most are changed where it means something, some byte by byte, some both. */
export function makeInput(corpus: Corpus, seed: number, number: number, encoding: Encoding): Input {
  const dice = new Dice(seed, number);
  const signal: Signal = dice.chance(0.9) ? 'traces' : 'logs';
  const from = corpus[signal][encoding];
  const [base, donor] = [dice.pick(from), dice.pick(from)];
  // A trace of its own as a rule; the others meet in the traces of the captures, which grow.
  const traceId = dice.chance(0.9) ? dice.bytes(16) : null;
  let body =
    encoding === 'json'
      ? mutateJson(dice, base.toString(), donor.toString(), traceId?.toString('hex') ?? null)
      : mutateProtobuf(dice, base, SCHEMAS[signal], donor, traceId);
  if (dice.chance(0.2)) body = mutateBytes(dice, body, donor);
  if (dice.chance(0.001)) body = dice.bytes(dice.size(2000));
  const gzip = dice.chance(0.05);
  const sentTo = dice.chance(0.97) ? signal : dice.pick(['traces', 'logs', 'metrics'] as const);
  const json = dice.chance(0.99) ? encoding === 'json' : encoding !== 'json';
  return { signal: sentTo, json, gzip, body: gzip ? compress(dice, body) : body };
}
