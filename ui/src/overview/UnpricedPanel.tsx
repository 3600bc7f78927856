import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { breakdownQuery, summaryQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { formatMoney } from '../format/money.ts';
import { formatCompact, formatInt, plural } from '../format/numbers.ts';
import { Unknown } from '../parts/Amount.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Loaded } from '../parts/Loaded.tsx';
import { unpricedModels } from './rows.ts';

const MOST = 5;

/** What the sums leave out, and how much of it there is. */
function LeftOut({ scope, unpriced }: { scope: Scope; unpriced: number }) {
  const { data } = useQuery(summaryQuery(scope));
  if (!data?.cost) return null;
  return (
    <p className="note">
      <Icon name="info" />
      <span>
        The {formatMoney(data.cost)} above leaves {unpriced === 1 ? 'this call' : `these ${formatInt(unpriced)} calls`} out.
      </span>
    </p>
  );
}

export function UnpricedPanel({ scope }: { scope: Scope }) {
  const breakdown = useQuery(breakdownQuery(scope, 'model'));
  return (
    <section className="sec">
      <div className="sec-head">
        <h2>Unpriced models</h2>
        <span className="sub">
          {breakdown.data && unpricedModels(breakdown.data).length > 0 && `${unpricedModels(breakdown.data).length} without a price`}
        </span>
      </div>
      <Loaded query={breakdown} what="The models">
        {(data) => {
          const models = unpricedModels(data);
          if (models.length === 0) return <p className="quiet">Every counted call that reported its usage has a price.</p>;
          return (
            <>
              <ul className="todo">
                {models.slice(0, MOST).map(({ key, unpricedCalls, tokens }) => (
                  <li key={key}>
                    <span className="mono bright ell">{key || 'model not named'}</span>
                    <p>
                      {plural(unpricedCalls, 'call')}
                      {tokens.total !== null && ` · ${formatCompact(tokens.total)} tokens`} · cost{' '}
                      <Unknown why="No price for this model was in force when it was called. Its tokens are known." />
                    </p>
                    <Link className="btn small" to="/runs" search={(search) => ({ ...search, model: [key] })}>
                      Show runs
                    </Link>
                  </li>
                ))}
              </ul>
              <LeftOut scope={scope} unpriced={models.reduce((sum, { unpricedCalls }) => sum + unpricedCalls, 0)} />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
