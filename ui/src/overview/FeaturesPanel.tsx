import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Feature } from '../../../query/contract/index.ts';
import { breakdownQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { Icon } from '../parts/Icon.tsx';
import { Loaded } from '../parts/Loaded.tsx';
import { Segmented } from '../parts/Segmented.tsx';
import { FEATURES, type RunsSearch } from '../url/runs-search.ts';
import { BarList } from './BarList.tsx';
import { byCost, type RankedRow } from './rows.ts';

type By = 'feature' | 'source' | 'user';

const OPTIONS = [
  { value: 'feature', label: 'Feature' },
  { value: 'source', label: 'Source' },
  { value: 'user', label: 'User' },
] as const satisfies readonly { value: By; label: string }[];

const TITLE: Record<By, string> = { feature: 'Top features by cost', source: 'Top sources by cost', user: 'Top users by cost' };
const NAMELESS: Record<By, string> = { feature: 'no feature', source: 'no source named', user: 'no user named' };
const MOST = 6;

function filterFor(by: By, key: string): RunsSearch {
  if (by === 'feature') return { feature: [key as Feature] };
  return by === 'source' ? { source: [key] } : { user: [key] };
}

const isFeature = (key: string): key is Feature => (FEATURES as readonly string[]).includes(key);

function Name({ row, by }: { row: RankedRow; by: By }) {
  if (!row.key) return <span className="muted">{NAMELESS[by]}</span>;
  return (
    <>
      {by === 'feature' && isFeature(row.key) && <Icon name={row.key} small />}
      <Link className="ell" to="/runs" search={(search) => ({ ...search, ...filterFor(by, row.key), sort: '-cost' as const })}>
        {row.key}
      </Link>
    </>
  );
}

/** Who spends the money. */
export function FeaturesPanel({ scope }: { scope: Scope }) {
  const [by, setBy] = useState<By>('feature');
  const breakdown = useQuery(breakdownQuery(scope, by));
  return (
    <section className="sec">
      <div className="sec-head">
        <h2>{TITLE[by]}</h2>
        <span className="grow" />
        <Segmented label="Break down by" options={OPTIONS} value={by} onChange={setBy} />
      </div>
      <Loaded query={breakdown} what="The breakdown">
        {(data) => {
          const ranking = byCost(data, MOST);
          if (ranking.rows.length === 0) return <p className="quiet">No cost is known in this range.</p>;
          return <BarList ranking={ranking} colour="--series-1" name={(row) => <Name row={row} by={by} />} />;
        }}
      </Loaded>
    </section>
  );
}
