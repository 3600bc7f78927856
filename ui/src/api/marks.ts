import { notifications } from '@mantine/notifications';
import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Run, RunList, RunPatch } from '../../../query/contract/index.ts';
import { errorMessage } from './client.ts';
import { patchRun } from './runs.ts';

/** Changes a run wherever it is shown: its page, lists and side panels. */
export function replaceRun(client: QueryClient, runId: string, change: (run: Run) => Run): void {
  const inList = (list: RunList): RunList => ({ ...list, runs: list.runs.map((run) => (run.runId === runId ? change(run) : run)) });
  client.setQueryData<Run>(['run', runId], (run) => run && change(run));
  client.setQueriesData<InfiniteData<RunList>>(
    { queryKey: ['runs', 'list'] },
    (data) => data && { ...data, pages: data.pages.map(inList) },
  );
  for (const part of ['head', 'few']) client.setQueriesData<RunList>({ queryKey: ['runs', part] }, (list) => list && inList(list));
}

type Marks = Pick<RunPatch, 'name' | 'starred' | 'archived' | 'tags'>;

/** What a reader does to a run. Shown at once, taken back with a word when the server refuses. */
export function useMarkRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ run, patch }: { run: Run; patch: Marks }) => patchRun(run.runId, patch),
    onMutate: ({ run, patch }) => replaceRun(client, run.runId, (shown) => ({ ...shown, ...withoutUndefined(patch) })),
    onError: (error, { run }) => {
      replaceRun(client, run.runId, () => run);
      notifications.show({ color: 'red', title: 'Not saved', message: errorMessage(error) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['facets'] }),
  });
}

function withoutUndefined(patch: Marks): Partial<Run> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}
