import { useQuery } from '@tanstack/react-query';
import type { Run } from '../../../query/contract/index.ts';
import { facetsQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { formatPico, toPico } from '../format/money.ts';
import { formatInt, plural } from '../format/numbers.ts';
import { LeftOut } from '../parts/Amount.tsx';
import { missingCalls } from './cells.ts';
import { runCount } from './views.ts';

/** How much of it one sees, and what those rows add up to. */
export function ListFoot({ scope, rows }: { scope: Scope; rows: readonly Run[] }) {
  const shown = rows.length;
  const facets = useQuery(facetsQuery(scope));
  const known = rows.filter(({ cost }) => cost !== null);
  const missing = rows.reduce((sum, run) => sum + missingCalls(run), 0);
  return (
    <div className="list-foot">
      {facets.data && <span>{`${formatInt(shown)} of ${plural(Math.max(shown, runCount(facets.data, scope.filters)), 'run')}`}</span>}
      {known.length > 0 && (
        <>
          <span aria-hidden="true">·</span>
          <span className="bright">
            {formatPico(known.reduce((sum, { cost }) => sum + toPico(cost!), 0n))}
            <LeftOut calls={missing} />
          </span>
        </>
      )}
      <span className="list-keys no-phone" aria-hidden="true">
        <kbd>J</kbd> <kbd>K</kbd> step <kbd>Enter</kbd> peek <kbd>S</kbd> star
      </span>
    </div>
  );
}
