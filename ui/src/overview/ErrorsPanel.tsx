import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { breakdownQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { BarList } from './BarList.tsx';
import { byErrors } from './rows.ts';

const MOST = 6;

/** What goes wrong, most often first. */
export function ErrorsPanel({ scope }: { scope: Scope }) {
  const breakdown = useQuery(breakdownQuery(scope, 'errorType'));
  return (
    <section className="sec">
      <div className="sec-head">
        <h2>Errors by type</h2>
        <span className="sub">failed tasks</span>
        <span className="grow" />
        <Link className="link" to="/runs" search={(search) => ({ ...search, status: ['failed' as const] })}>
          View failed
        </Link>
      </div>
      <Loaded query={breakdown} what="The errors">
        {(data) => {
          const ranking = byErrors(data, MOST);
          if (ranking.rows.length === 0) return <p className="quiet">Nothing failed in this range.</p>;
          return (
            <BarList
              ranking={ranking}
              colour="--status-failed"
              name={({ key }) => <span className={key ? 'ell' : 'muted'}>{key || 'no type given'}</span>}
            />
          );
        }}
      </Loaded>
    </section>
  );
}
