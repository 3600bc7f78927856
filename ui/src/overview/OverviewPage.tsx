import './overview.css';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { summaryQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { EmptyRange } from '../parts/EmptyRange.tsx';
import { Panel } from '../parts/Panel.tsx';
import { toRange } from '../url/range.ts';
import { BalanceLine } from './BalanceLine.tsx';
import { ErrorsPanel } from './ErrorsPanel.tsx';
import { FeaturesPanel } from './FeaturesPanel.tsx';
import { LatencyPanel } from './LatencyPanel.tsx';
import { ModelsPanel } from './ModelsPanel.tsx';
import { Tiles } from './Tiles.tsx';
import { UnpricedPanel } from './UnpricedPanel.tsx';

/** The range at a glance: what ran, what it cost, how fast it was, what failed, and whether the books balance. */
export function OverviewPage() {
  const { range, from, to } = useSearch({ from: '/' });
  const scope = useMemo<Scope>(() => ({ range: toRange({ range, from, to }), filters: {} }), [range, from, to]);
  const summary = useQuery(summaryQuery(scope));
  const empty = summary.data?.runs === 0 && summary.data.tasks === 0 && !summary.isPlaceholderData;

  return (
    <div className="pad">
      {empty ? <EmptyRange range={scope.range} /> : <OverviewPanels scope={scope} />}
      <Panel what="The balance" fallback={null}>
        <BalanceLine scope={scope} />
      </Panel>
    </div>
  );
}

function OverviewPanels({ scope }: { scope: Scope }) {
  return (
    <>
      <Panel what="The key figures">
        <Tiles scope={scope} />
      </Panel>
      <div className="cols-2">
        <Panel what="Cost by model">
          <ModelsPanel scope={scope} />
        </Panel>
        <Panel what="Latency">
          <LatencyPanel scope={scope} />
        </Panel>
      </div>
      <div className="cols-3">
        <Panel what="Top features">
          <FeaturesPanel scope={scope} />
        </Panel>
        <Panel what="Errors by type">
          <ErrorsPanel scope={scope} />
        </Panel>
        <Panel what="Unpriced models">
          <UnpricedPanel scope={scope} />
        </Panel>
      </div>
    </>
  );
}
