import { useQuery } from '@tanstack/react-query';
import { facetsQuery, summaryQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { formatInt, plural } from '../format/numbers.ts';
import { PartlyKnown } from '../parts/Amount.tsx';
import { runCount } from './views.ts';

/** How much of it one sees, and what all of it cost. */
export function ListFoot({ scope, shown }: { scope: Scope; shown: number }) {
  const facets = useQuery(facetsQuery(scope));
  const summary = useQuery(summaryQuery(scope));
  return (
    <div className="list-foot">
      {facets.data && <span>{`${formatInt(shown)} of ${plural(Math.max(shown, runCount(facets.data, scope.filters)), 'run')}`}</span>}
      {summary.data && summary.data.runs > 0 && (
        <>
          <span aria-hidden="true">·</span>
          <span className="bright">
            <PartlyKnown amount={summary.data.cost} unpriced={summary.data.unpricedCalls} />
          </span>
        </>
      )}
      <span className="list-keys no-phone" aria-hidden="true">
        <kbd>J</kbd> <kbd>K</kbd> step <kbd>Enter</kbd> peek <kbd>S</kbd> star
      </span>
    </div>
  );
}
