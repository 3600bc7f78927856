import type { Run } from '../../../query/contract/index.ts';
import { formatTokens } from '../format/numbers.ts';
import { Amount, Unknown } from '../parts/Amount.tsx';
import { calledNothing, costReason, missingCalls, NO_CALLS } from './cells.ts';

interface FigureProps {
  run: Run;
  /** Left out of the tab order, in a list of many rows. */
  quiet?: boolean;
}

/** What a run cost: an amount, `unknown` with the reason, or that it called no model. */
export function RunCost({ run, quiet = false, inWords = false }: FigureProps & { inWords?: boolean }) {
  if (calledNothing(run)) return <span className="no-calls">{NO_CALLS}</span>;
  return <Amount amount={run.cost} missing={missingCalls(run)} why={costReason(run)} quiet={quiet} inWords={inWords} />;
}

/** The tokens of a run; nothing beside a cost that says there were no calls. */
export function RunTokens({ run, quiet = false, format = formatTokens }: FigureProps & { format?: (tokens: number) => string }) {
  if (calledNothing(run)) return <span className="sr">{NO_CALLS}</span>;
  if (run.tokens.total === null) return <Unknown why="No call of this run reported its tokens." quiet={quiet} />;
  return <>{format(run.tokens.total)}</>;
}
