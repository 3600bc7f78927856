import { atoms } from './key.ts';
import { type NormalMessage, normalise, type Side } from './normalise.ts';

/** A text that came as a log record, and when. */
export interface Logged {
  readonly at: string;
  readonly text: string;
}

/** Texts of one side of a call: those on the span, and those that came as log records, by time. */
export interface Told {
  readonly own: readonly string[];
  readonly details: readonly Logged[];
}

/** How a history goes, for records of the same instant: their order among themselves is lost. */
const TURN: Record<NormalMessage['role'], number> = { system: 0, user: 1, assistant: 2, tool: 3, data: 4 };

/**
 * The messages of one side of a call. Some senders put the same messages on the span and into log records; then the records add nothing.
 */
export function sideOf(told: Told, side: Side): NormalMessage[] {
  const own = told.own.flatMap((text) => normalise(text, side));
  const known = new Map<string, number>();
  for (const { key } of atoms(own)) known.set(key, (known.get(key) ?? 0) + 1);
  const added = inTurn(told.details, side).filter((message) => !isKnown(message, known));
  return [...own, ...added];
}

function inTurn(details: readonly Logged[], side: Side): NormalMessage[] {
  const messages = details.flatMap(({ at, text }) => normalise(text, side).map((message) => ({ at, message })));
  messages.sort((a, b) => (a.at === b.at ? TURN[a.message.role] - TURN[b.message.role] : a.at < b.at ? -1 : 1));
  return messages.map(({ message }) => message);
}

/** Takes what it finds, so that a text said twice is known twice. */
function isKnown(message: NormalMessage, known: Map<string, number>): boolean {
  const keys = atoms([message]).map((atom) => atom.key);
  if (keys.length === 0 || !keys.every((key) => (known.get(key) ?? 0) > 0)) return false;
  for (const key of keys) known.set(key, known.get(key)! - 1);
  return true;
}
