import type { Message } from '../contract/index.ts';
import { type Atom, atoms } from './key.ts';
import type { NormalMessage } from './normalise.ts';

/** A model call with what was sent and what was answered, in order. */
export interface Call {
  readonly taskId: string;
  readonly traceId: string;
  /** RFC 3339; an answer is dated by the end. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly model: string | null;
  readonly input: readonly NormalMessage[];
  readonly output: readonly NormalMessage[];
}

interface Said extends Atom {
  readonly call: Call;
  readonly answered: boolean;
}

/**
 * The conversation that the calls of a run had, oldest first, each message once.
 *
 * A call sends its history again, in its own convention and perhaps cut at the front, so its messages are laid over what is known in
 * order: what is there already is passed over, what is not is added where it belongs.
 * @param calls in order of start
 */
export function conversation(calls: readonly Call[]): Message[] {
  const transcript = new Transcript();
  const traces = new Set<string>();
  for (const call of calls) {
    const input = atoms(call.input).map((atom): Said => ({ ...atom, call, answered: false }));
    const output = atoms(call.output).map((atom): Said => ({ ...atom, call, answered: true }));
    const turn = traces.size > 0 && !traces.has(call.traceId) ? lastTurn(input) : -1;
    traces.add(call.traceId);
    transcript.add([...input, ...output], turn);
  }
  return group(transcript.said);
}

/** Where in the first call of a further trace the user speaks; -1 where the history ends with somebody else. */
function lastTurn(input: readonly Said[]): number {
  const last = input.length - 1;
  return input[last]?.role === 'user' ? last : -1;
}

/** What has been said, in order, and where each thing stands. */
class Transcript {
  said: Said[] = [];
  private places = new Map<string, number[]>();

  /**
   * @param turn index of a message that is new even if it was said before: a chat goes on in a new trace with what its user says now,
   * and "continue" may be said many times. Within one trace the same words again are the same message, sent once more.
   */
  add(call: readonly Said[], turn: number): void {
    const matched = this.match(call, turn);
    const { before, after } = weave(call, matched);
    if (before.size > 0) this.rebuild(this.said.flatMap((atom, at) => [...(before.get(at) ?? []), atom]));
    for (const atom of after) this.append(atom);
  }

  /** For each atom its place in what is known, in order; -1 where it has none. */
  private match(call: readonly Said[], turn: number): number[] {
    const matched = call.map(() => -1);
    let from = 0;
    for (const [i, atom] of call.entries()) {
      const at = this.places.get(atom.key)?.find((place) => place >= from);
      if (at === undefined) continue;
      if (i === turn && this.isAnswered(at)) break;
      matched[i] = at;
      from = at + 1;
    }
    return matched;
  }

  private isAnswered(at: number): boolean {
    return this.said.slice(at + 1).some((atom) => atom.role === 'assistant');
  }

  private append(atom: Said): void {
    const at = this.said.push(atom) - 1;
    if (!this.places.get(atom.key)?.push(at)) this.places.set(atom.key, [at]);
  }

  private rebuild(said: readonly Said[]): void {
    this.said = [];
    this.places = new Map();
    for (const atom of said) this.append(atom);
  }
}

/** Where to add what has no match: before the stretch of history that it precedes, else at the end. */
function weave(call: readonly Said[], matched: readonly number[]): { before: ReadonlyMap<number, Said[]>; after: Said[] } {
  const before = new Map<number, Said[]>();
  const after: Said[] = [];
  let waiting: Said[] = [];
  for (const [i, atom] of call.entries()) {
    const at = matched[i]!;
    if (at < 0) {
      waiting.push(atom);
      continue;
    }
    // One message that happens to be the same is no stretch of history: two in a row are.
    if (waiting.length > 0 && matched[i + 1] === at + 1) before.set(at, waiting);
    else after.push(...waiting);
    waiting = [];
  }
  return { before, after: [...after, ...waiting] };
}

/** Messages again: what was cut from one message, and the thoughts, calls and results of one turn, stand together. */
function group(said: readonly Said[]): Message[] {
  const out: Message[] = [];
  let last: Said | undefined;
  for (const atom of said) {
    if (last && belongs(atom, last)) out.at(-1)!.parts.push(...atom.parts);
    else out.push(toMessage(atom));
    last = atom;
  }
  return out;
}

function belongs(atom: Said, last: Said): boolean {
  if (atom.of === last.of) return true;
  if (atom.role !== last.role || atom.call !== last.call || atom.answered !== last.answered) return false;
  const type = atom.parts[0]?.type;
  return type === 'tool_call' || type === 'tool_result' || last.parts.every((part) => part.type === 'reasoning');
}

function toMessage({ role, parts, call, answered }: Said): Message {
  return {
    role,
    parts: [...parts],
    taskId: call.taskId,
    traceId: call.traceId,
    at: answered ? (call.endedAt ?? call.startedAt) : call.startedAt,
    model: answered ? call.model : null,
  };
}
