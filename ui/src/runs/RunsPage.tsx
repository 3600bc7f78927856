import './runs.css';
import { useCallback } from 'react';
import type { Run } from '../../../query/contract/index.ts';
import { Icon } from '../parts/Icon.tsx';
import { Panel, PanelFailed } from '../parts/Panel.tsx';
import { SkeletonRows } from '../parts/Skeleton.tsx';
import { useNow } from '../parts/useNow.ts';
import { usePhone } from '../parts/useWidth.ts';
import { rangeLength } from '../url/range.ts';
import { Facets } from './Facets.tsx';
import { FilterBar } from './FilterBar.tsx';
import { ListFoot } from './ListFoot.tsx';
import { NothingMatches } from './NothingMatches.tsx';
import { Peek } from './Peek.tsx';
import { FramedRows, ListHead, PagedRows } from './RunList.tsx';
import { RunRow } from './RunRow.tsx';
import { Strip } from './Strip.tsx';
import { type RunListState, useRunList } from './useRunList.ts';
import { type RunsAddress, useRunsSearch } from './useRunsSearch.ts';
import { type Stepping, useStepping } from './useStepping.ts';
import { Views } from './Views.tsx';

const DAY = 86_400_000;

/** The list of runs: facets, views, the strip of outliers, the rows, and a panel to peek at one. */
export function RunsPage() {
  const address = useRunsSearch();
  const list = useRunList(address.scope, address.sort);
  const stepping = useStepping(list.rows);
  const peeked = list.rows.find(({ runId }) => runId === stepping.peek);
  return (
    <div className={`runs-page${stepping.peek === undefined ? '' : ' with-peek'}`}>
      <aside className="facets desk" aria-label="Filters">
        <Panel what="The filters">
          <Facets />
        </Panel>
      </aside>
      <section className="run-list" aria-label="Runs">
        <Views scope={address.scope} />
        <FilterBar fresh={list.fresh} onFresh={list.showFresh} />
        {list.searchCut && (
          <p className="note search-cut" role="status">
            <Icon name="info" />
            <span>
              These words are in so many messages that not all were followed: more runs may hold them. A shorter range finds them all.
            </span>
          </p>
        )}
        <Panel what="The strip" fallback={<div className="strip strip-empty" />}>
          <Strip scope={address.scope} />
        </Panel>
        <Panel what="The list">
          <Rows address={address} list={list} stepping={stepping} />
        </Panel>
        <ListFoot scope={address.scope} rows={list.rows} />
      </section>
      {stepping.peek !== undefined && (
        <Peek key={stepping.peek} runId={stepping.peek} listed={peeked} onStep={stepping.step} onClose={stepping.close} />
      )}
    </div>
  );
}

function Rows({ address, list, stepping }: { address: RunsAddress; list: RunListState; stepping: Stepping }) {
  const { query, rows } = list;
  const phone = usePhone();
  const now = useNow(60_000);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const loadMore = useCallback(() => void (!isFetchingNextPage && fetchNextPage()), [isFetchingNextPage, fetchNextPage]);

  if (query.isPending)
    return (
      <div className="list-space">
        <SkeletonRows rows={12} />
      </div>
    );
  if (query.isError && rows.length === 0) {
    return (
      <div className="list-space">
        <PanelFailed what="The list" error={query.error} onRetry={() => query.refetch()} />
      </div>
    );
  }
  if (rows.length === 0 && !query.isPlaceholderData)
    return (
      <div className="list-space">
        <NothingMatches />
      </div>
    );

  const { range } = address.scope;
  const withDay = range.kind === 'fixed' || rangeLength(range) > DAY;
  const rowsProps = {
    rows,
    inView: stepping.inView,
    hasMore: hasNextPage,
    loadMore,
    renderRow: (run: Run) => (
      <RunRow
        run={run}
        now={now}
        withDay={withDay}
        peeked={run.runId === stepping.peek}
        current={run.runId === stepping.current}
        onOpen={stepping.open}
        onFocus={stepping.setCurrent}
      />
    ),
  };
  return (
    <div className={`list-body${withDay ? ' with-day' : ''}${query.isPlaceholderData ? ' stale' : ''}`} aria-busy={query.isPlaceholderData}>
      {phone ? (
        <PagedRows {...rowsProps} />
      ) : (
        <FramedRows
          {...rowsProps}
          head={<ListHead sort={address.sort} onSort={(sort) => address.change({ sort: sort === '-startedAt' ? undefined : sort })} />}
          onKeyDown={stepping.onArrow}
        />
      )}
    </div>
  );
}
