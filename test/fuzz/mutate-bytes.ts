import { gzipSync } from 'node:zlib';
import type { Dice } from './dice.ts';

type Mutation = (dice: Dice, bytes: Buffer, donor: Buffer) => Buffer;

const at = (dice: Dice, bytes: Buffer): number => dice.below(bytes.length + 1);

/** What happens to bytes whatever they mean: flips, cuts, repeats, splices of two files. */
const MUTATIONS: readonly Mutation[] = [
  (dice, bytes) => {
    const changed = Buffer.from(bytes);
    for (let flips = 1 + dice.size(8); flips > 0 && changed.length > 0; flips--) {
      const i = dice.below(changed.length);
      changed[i] = changed[i]! ^ (1 << dice.below(8));
    }
    return changed;
  },
  (dice, bytes) => bytes.subarray(0, at(dice, bytes)),
  (dice, bytes) => bytes.subarray(at(dice, bytes)),
  (dice, bytes) => {
    const from = at(dice, bytes);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(Math.min(bytes.length, from + 1 + dice.size(60)))]);
  },
  (dice, bytes) => {
    const from = at(dice, bytes);
    return Buffer.concat([bytes.subarray(0, from), dice.bytes(1 + dice.size(30)), bytes.subarray(from)]);
  },
  (dice, bytes) => {
    const from = at(dice, bytes);
    const part = bytes.subarray(from, from + dice.size(300));
    return Buffer.concat([bytes.subarray(0, from), ...Array<Buffer>(1 + dice.size(20)).fill(part), bytes.subarray(from)]);
  },
  (dice, bytes, donor) => Buffer.concat([bytes.subarray(0, at(dice, bytes)), donor.subarray(at(dice, donor))]),
  // Two messages one after the other are one message.
  (_dice, bytes, donor) => Buffer.concat([bytes, donor]),
];

export const mutateBytes: Mutation = (dice, bytes, donor) => dice.pick(MUTATIONS)(dice, bytes, donor);

/** A gzip stream of the body, as a rule in order; otherwise damaged, cut, twice, in several members, or with something behind it. */
export function compress(dice: Dice, body: Buffer): Buffer {
  const level = dice.pick([0, 1, 9]);
  const whole = gzipSync(body, { level });
  if (dice.chance(0.6)) return whole;
  return dice.pick<() => Buffer>([
    () => mutateBytes(dice, whole, whole),
    () => gzipSync(whole, { level }),
    () => Buffer.concat([gzipSync(body.subarray(0, body.length >> 1), { level }), gzipSync(body.subarray(body.length >> 1), { level })]),
    () => Buffer.concat([whole, dice.bytes(dice.size(20))]),
    () => body,
  ])();
}
