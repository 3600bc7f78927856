import { useQuery } from '@tanstack/react-query';
import { Link, useMatches } from '@tanstack/react-router';
import { runQuery } from '../../api/runs.ts';
import { shortId } from '../../format/ids.ts';
import { Icon } from '../../parts/Icon.tsx';
import { LiveToggle } from './LiveToggle.tsx';
import { RangePicker } from './RangePicker.tsx';
import { openSearch } from './Search.tsx';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

function RunCrumb({ runId }: { runId: string }) {
  const { data } = useQuery(runQuery(runId));
  return (
    <div className="top-title">
      <Link to="/runs" search={(search) => search}>
        Runs
      </Link>
      <Icon name="right" small />
      <span className="ell">{data?.name ?? shortId(runId)}</span>
    </div>
  );
}

export function TopBar({ title, withRange }: { title: string; withRange: boolean }) {
  const runId = useMatches({ select: (matches) => (matches.at(-1)?.params as { runId?: string } | undefined)?.runId });
  return (
    <header className="top">
      {runId === undefined ? <h1 className="top-title">{title}</h1> : <RunCrumb runId={runId} />}
      <button type="button" className="btn find" aria-label="Search or jump to" onClick={openSearch}>
        <Icon name="search" />
        <span>Search or jump to</span>
        <kbd>{isMac ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <LiveToggle />
      {withRange && <RangePicker />}
    </header>
  );
}
