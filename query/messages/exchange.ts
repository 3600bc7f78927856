import { atoms } from './key.ts';
import { type NormalMessage, normalise, type Side } from './normalise.ts';

/** Texts of one side of a call: those on the span, and those that came as log records. */
export interface Told {
  readonly own: readonly string[];
  readonly details: readonly string[];
}

/**
 * The messages of one side of a call. Some senders put the same messages on the span and into log records; then the records add nothing.
 */
export function sideOf(told: Told, side: Side): NormalMessage[] {
  const own = told.own.flatMap((text) => normalise(text, side));
  const known = new Map<string, number>();
  for (const { key } of atoms(own)) known.set(key, (known.get(key) ?? 0) + 1);
  const added = told.details.flatMap((text) => normalise(text, side)).filter((message) => !isKnown(message, known));
  return [...own, ...added];
}

/** Takes what it finds, so that a text said twice is known twice. */
function isKnown(message: NormalMessage, known: Map<string, number>): boolean {
  const keys = atoms([message]).map((atom) => atom.key);
  if (keys.length === 0 || !keys.every((key) => (known.get(key) ?? 0) > 0)) return false;
  for (const key of keys) known.set(key, known.get(key)! - 1);
  return true;
}
