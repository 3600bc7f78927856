import '@mantine/spotlight/styles.layer.css';
import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { fewRunsQuery } from '../../api/runs.ts';
import { dayClock, toMs } from '../../format/time.ts';
import { Icon } from '../../parts/Icon.tsx';
import { StatusMark } from '../../parts/marks.tsx';
import { costWords } from '../../runs/cells.ts';
import { NAV } from './nav.ts';

const LOOKS_LIKE_ID = /^[0-9a-f-]{16,}$/i;

const [store, search] = createSpotlight();
/** Opens the search box. */
export const openSearch = (): void => search.open();

const LIST = 'search-found';

/** Marks the first of what is found, so that Enter opens it, until an arrow has marked another. The list does so only when it is typed in. */
function MarkFirst({ found }: { found: string }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows have another first
  useEffect(() => {
    if (store.getState().selected > 0) return;
    const [first, ...others] = document.querySelectorAll(`#${LIST} [data-action]`);
    first?.setAttribute('data-selected', 'true');
    for (const other of others) other.removeAttribute('data-selected');
    store.updateState((state) => ({ ...state, selected: 0 }));
  }, [found]);
  return null;
}

/** Ctrl+K: pages, runs by name, user or words of what was said, and a run by its id or the id of one of its traces. */
export function Search() {
  const [query, setQuery] = useState('');
  const words = query.trim();
  const [settled] = useDebouncedValue(words, 150);
  const navigate = useNavigate();
  const runs = useQuery({ ...fewRunsQuery({ q: settled, limit: 8 }), enabled: settled.length > 1 });
  const pages = NAV.filter(({ label }) => label.toLowerCase().includes(words.toLowerCase()));
  const found = settled.length > 1 ? (runs.data?.runs ?? []) : [];

  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={['mod + K']}
      scrollable
      overlayProps={{ blur: 0 }}
      maxHeight={420}
    >
      <Modal.Title className="sr">Search or jump to</Modal.Title>
      <Spotlight.Search
        placeholder="A page, a run, a user, an id, words"
        aria-label="Search or jump to"
        leftSection={<Icon name="search" />}
      />
      <Spotlight.ActionsList id={LIST}>
        <MarkFirst found={[...pages.map(({ to }) => to), ...found.map(({ runId }) => runId), words].join()} />
        {pages.map(({ to, label, icon }) => (
          <Spotlight.Action key={to} label={label} leftSection={<Icon name={icon} />} onClick={() => navigate({ to })} />
        ))}
        {LOOKS_LIKE_ID.test(words) && (
          <Spotlight.Action
            label="Open this run"
            description={words}
            leftSection={<Icon name="expand" />}
            onClick={() => navigate({ to: '/runs/$runId', params: { runId: words } })}
          />
        )}
        {found.map((run) => (
          <Spotlight.Action
            key={run.runId}
            label={run.name}
            description={[run.feature, run.userId, dayClock(toMs(run.startedAt)), costWords(run)].filter(Boolean).join(' · ')}
            leftSection={<StatusMark status={run.status} />}
            onClick={() => navigate({ to: '/runs/$runId', params: { runId: run.runId } })}
          />
        ))}
        {words.length > 1 && (
          <Spotlight.Action
            label={`Search all runs for “${words}”`}
            leftSection={<Icon name="search" />}
            onClick={() =>
              navigate({ to: '/runs', search: (search) => ({ range: search.range, from: search.from, to: search.to, q: words }) })
            }
          />
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
