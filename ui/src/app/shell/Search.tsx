import '@mantine/spotlight/styles.layer.css';
import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { fewRunsQuery } from '../../api/runs.ts';
import { dayClock, toMs } from '../../format/time.ts';
import { Icon } from '../../parts/Icon.tsx';
import { StatusMark } from '../../parts/marks.tsx';
import { costWords } from '../../runs/cells.ts';
import { NAV } from './nav.ts';

const LOOKS_LIKE_ID = /^[0-9a-f-]{16,}$/i;

/** Ctrl+K: pages, runs by name or user, and a run by its id or the id of one of its traces. */
export function Search() {
  const [query, setQuery] = useState('');
  const [settled] = useDebouncedValue(query.trim(), 150);
  const navigate = useNavigate();
  const runs = useQuery({ ...fewRunsQuery({ q: settled, limit: 8 }), enabled: settled.length > 1 });
  const pages = NAV.filter(({ label }) => label.toLowerCase().includes(query.trim().toLowerCase()));
  const found = settled.length > 1 ? (runs.data?.runs ?? []) : [];

  return (
    <Spotlight.Root query={query} onQueryChange={setQuery} shortcut={['mod + K']} scrollable overlayProps={{ blur: 0 }} maxHeight={420}>
      <Modal.Title className="sr">Search or jump to</Modal.Title>
      <Spotlight.Search placeholder="A page, a run, an id" aria-label="Search or jump to" leftSection={<Icon name="search" />} />
      <Spotlight.ActionsList>
        {pages.map(({ to, label, icon }) => (
          <Spotlight.Action key={to} label={label} leftSection={<Icon name={icon} />} onClick={() => navigate({ to })} />
        ))}
        {LOOKS_LIKE_ID.test(settled) && (
          <Spotlight.Action
            label="Open this run"
            description={settled}
            leftSection={<Icon name="expand" />}
            onClick={() => navigate({ to: '/runs/$runId', params: { runId: settled } })}
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
        {settled.length > 1 && (
          <Spotlight.Action
            label={`Search all runs for “${settled}”`}
            leftSection={<Icon name="search" />}
            onClick={() =>
              navigate({ to: '/runs', search: (search) => ({ range: search.range, from: search.from, to: search.to, q: settled }) })
            }
          />
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
