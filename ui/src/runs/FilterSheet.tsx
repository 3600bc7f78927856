import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { facetsQuery } from '../api/analytics.ts';
import { plural } from '../format/numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { noFilters } from '../url/runs-search.ts';
import { Facets } from './Facets.tsx';
import { useRunsSearch } from './useRunsSearch.ts';
import { runCount } from './views.ts';

/** On a phone the filters come from below. What is ticked is in force at once; the button says what it leaves. */
export function FilterSheet({ count }: { count: number }) {
  const { scope, change } = useRunsSearch();
  const [opened, setOpened] = useState(false);
  const facets = useQuery({ ...facetsQuery(scope), enabled: opened });
  const close = () => setOpened(false);
  return (
    <>
      <button type="button" className="btn filters-button" aria-haspopup="dialog" onClick={() => setOpened(true)}>
        <Icon name="filter" small />
        Filters{count > 0 && ` · ${count}`}
      </button>
      <Drawer
        opened={opened}
        onClose={close}
        position="bottom"
        title="Filters"
        classNames={{ root: 'sheet' }}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <div className="facets in-sheet">
          <Facets />
        </div>
        <div className="sheet-foot row-of">
          {count > 0 && (
            <button type="button" className="btn" onClick={() => change(noFilters())}>
              Clear
            </button>
          )}
          <button type="button" className="btn primary" onClick={close}>
            {facets.data ? `Show ${plural(runCount(facets.data, scope.filters), 'run')}` : 'Show runs'}
          </button>
        </div>
      </Drawer>
    </>
  );
}
