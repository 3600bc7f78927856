import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { LiveEvent } from '../../../query/contract/index.ts';
import { createBatcher, type LiveBatch } from './batch.ts';

export type LiveState = 'live' | 'connecting' | 'paused';

interface Live {
  state: LiveState;
  toggle: () => void;
}

const LiveContext = createContext<Live>({ state: 'paused', toggle: () => {} });
export const useLive = (): Live => useContext(LiveContext);

const PAUSED_KEY = 'airuns-live-paused';
const LOOK_EVERY_MS = 1000;
/** Sums over the whole range cost more than a row, and nobody reads them every second. */
const SUMS_EVERY_MS = 5000;
const EVENTS: readonly LiveEvent['type'][] = ['run.started', 'run.updated', 'run.finished'];

/** One connection for the whole page. What is shown of a run that moved is asked for again, and nothing else. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [paused, setPaused] = useState(() => localStorage.getItem(PAUSED_KEY) === 'yes');
  const [connected, setConnected] = useState(false);

  useEffect(() => {
    localStorage.setItem(PAUSED_KEY, paused ? 'yes' : 'no');
    return paused ? undefined : listen(client, setConnected);
  }, [client, paused]);

  const value = useMemo<Live>(
    () => ({ state: paused ? 'paused' : connected ? 'live' : 'connecting', toggle: () => setPaused((was) => !was) }),
    [paused, connected],
  );
  return <LiveContext value={value}>{children}</LiveContext>;
}

/** Listens until the answer is called. The browser reconnects by itself; what was missed meanwhile is asked for then. */
function listen(client: QueryClient, setConnected: (connected: boolean) => void): () => void {
  const source = new EventSource('/api/live');
  const looks = createBatcher(LOOK_EVERY_MS, (batch) => refreshRuns(client, batch));
  const sums = createBatcher(SUMS_EVERY_MS, () => refreshSums(client));
  let lost = false;

  source.onopen = () => {
    setConnected(true);
    if (lost) void client.invalidateQueries();
    lost = false;
  };
  source.onerror = () => {
    lost = true;
    setConnected(false);
  };
  for (const type of EVENTS) {
    source.addEventListener(type, (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as LiveEvent;
      looks.add(event);
      sums.add(event);
    });
  }
  return () => {
    source.close();
    looks.stop();
    sums.stop();
    setConnected(false);
  };
}

function refreshRuns(client: QueryClient, { runIds }: LiveBatch): void {
  for (const runId of runIds) void client.invalidateQueries({ queryKey: ['run', runId] });
  void client.invalidateQueries({ queryKey: ['runs', 'head'] });
  void client.invalidateQueries({ queryKey: ['runs', 'few'] });
  void client.invalidateQueries({ queryKey: ['task'] });
}

function refreshSums(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: ['analytics'] });
  void client.invalidateQueries({ queryKey: ['facets'] });
}
