import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { facetsQuery, summaryQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { formatInt } from '../format/numbers.ts';
import { EXACTLY } from '../parts/exactly.ts';
import { isView, VIEWS, type View, viewCount, viewSearch } from './views.ts';

/** The number of runs in a view, from the facets where they tell, else asked for. */
function ViewCount({ view, range }: { view: View; range: Scope['range'] }) {
  const facets = useQuery(facetsQuery({ range, filters: {} }));
  const told = facets.data && viewCount(view, facets.data);
  const summary = useQuery({ ...summaryQuery({ range, filters: view.filters }), enabled: told === null });
  const count = told ?? summary.data?.runs;
  return count === undefined ? null : <span className="count">{formatInt(count)}</span>;
}

export function Views({ scope }: { scope: Scope }) {
  return (
    <nav className="tabs views" aria-label="Views">
      {VIEWS.map((view) => (
        <Link
          key={view.name}
          to="/runs"
          search={(search) => ({ ...search, ...viewSearch(view), peek: undefined })}
          title={view.title}
          activeOptions={EXACTLY}
          aria-current={isView(view, scope.filters) ? 'page' : undefined}
        >
          {view.name}
          <ViewCount view={view} range={scope.range} />
        </Link>
      ))}
    </nav>
  );
}
