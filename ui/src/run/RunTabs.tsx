import { Link } from '@tanstack/react-router';
import type { Run } from '../../../query/contract/index.ts';
import { formatInt } from '../format/numbers.ts';
import { EXACTLY } from '../parts/exactly.ts';
import { RUN_TABS, type RunTab } from '../url/run-search.ts';

const LABEL: Record<RunTab, string> = {
  story: 'Story',
  tasks: 'Tasks',
  messages: 'Messages',
  cost: 'Cost',
  attributes: 'Attributes',
  raw: 'Raw',
};

function countOf(tab: RunTab, run: Run, messages: number | undefined): number | undefined {
  if (tab === 'tasks') return run.taskCount;
  return tab === 'messages' ? messages : undefined;
}

export function RunTabs({ run, current, messages }: { run: Run; current: RunTab; messages: number | undefined }) {
  return (
    <nav className="tabs" aria-label="Views of this run">
      {RUN_TABS.map((tab) => {
        const count = countOf(tab, run, messages);
        return (
          <Link
            key={tab}
            to="/runs/$runId"
            params={{ runId: run.runId }}
            search={(search) => ({ ...search, tab: tab === 'story' ? undefined : tab })}
            aria-current={tab === current ? 'page' : undefined}
            activeOptions={EXACTLY}
            resetScroll={false}
          >
            {LABEL[tab]}
            {count !== undefined && <span className="count">{formatInt(count)}</span>}
          </Link>
        );
      })}
    </nav>
  );
}
