import { groupBy } from '../group.ts';
import type { Side } from './normalise.ts';

/** A span that may carry messages. */
export interface Candidate {
  readonly trace: string;
  /** llm or agent. */
  readonly kind: string;
  readonly counted: number;
  /** How many texts it has on each side. */
  readonly texts: Readonly<Record<Side, number>>;
}

/** A span that tells a part of the conversation, and which sides of it are told by it. */
export interface Teller<C> {
  readonly span: C;
  readonly sides: readonly Side[];
}

const BOTH: readonly Side[] = ['input', 'output'];

/**
 * Who tells the conversation, trace by trace: the counted calls. Where one call was seen twice, the counted span may carry no text and its
 * twin all of it, so where no counted call tells anything the others do. A side that no call tells is taken from the agents around them.
 * @param spans in order of start; the tellers keep it
 */
export function tellers<C extends Candidate>(spans: readonly C[]): Teller<C>[] {
  const byTrace = groupBy(spans.filter(tells), (span) => span.trace);
  const told = new Map<C, readonly Side[]>();
  for (const candidates of byTrace.values()) {
    const counted = candidates.filter((span) => span.counted === 1);
    const calls = counted.length > 0 ? counted : candidates.filter((span) => span.kind === 'llm');
    for (const call of calls) told.set(call, BOTH);
    const missing = BOTH.filter((side) => calls.every((call) => call.texts[side] === 0));
    for (const agent of candidates) if (!told.has(agent) && agent.kind === 'agent' && missing.length > 0) told.set(agent, missing);
  }
  return spans.flatMap((span) => ({ span, sides: told.get(span) ?? [] })).filter(({ sides }) => sides.length > 0);
}

const tells = (span: Candidate) => span.texts.input + span.texts.output > 0;
