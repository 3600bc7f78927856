import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Run } from '../../../query/contract/index.ts';
import { errorMessage } from '../api/client.ts';
import { deleteRun, deleteUserRuns, userRunsQuery } from '../api/runs.ts';
import { formatInt, plural } from '../format/numbers.ts';
import { ConfirmDelete } from '../parts/ConfirmDelete.tsx';

/** A question that is asked before something is deleted. */
export interface Deletion {
  ask: () => void;
  dialog: ReactNode;
}

const refused = (error: unknown): void => {
  notifications.show({ color: 'red', title: 'Not deleted', message: errorMessage(error) });
};

/** Deletes one run, and leads back to the list. */
export function useDeleteRun(run: Run): Deletion {
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => deleteRun(run.runId),
    onSuccess: async () => {
      await navigate({ to: '/runs' });
      client.removeQueries({ queryKey: ['run', run.runId] });
      void client.invalidateQueries();
      notifications.show({ message: `Deleted ${run.name}` });
    },
    onError: refused,
  });
  const dialog = (
    <ConfirmDelete
      opened={asking}
      onClose={() => setAsking(false)}
      title="Delete this run for good?"
      action="Delete the run"
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
    >
      <p>
        <b className="strong">{run.name}</b> and its {run.taskCount === 1 ? 'task' : `${formatInt(run.taskCount)} tasks`} are deleted.
      </p>
    </ConfirmDelete>
  );
  return { ask: () => setAsking(true), dialog };
}

/** Deletes all runs of a user, whatever range and filters are set. The user's id must be written out first. */
export function useDeleteUserRuns(user: string): Deletion {
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const count = useQuery({ ...userRunsQuery(user), enabled: asking });
  const remove = useMutation({
    mutationFn: () => deleteUserRuns(user),
    onSuccess: async ({ runs, done }) => {
      setAsking(false);
      await navigate({ to: '/runs' });
      client.removeQueries({ queryKey: ['run'] });
      void client.invalidateQueries();
      const later = done ? '' : '. The last of them leave the totals in a moment';
      notifications.show({ message: `Deleted ${plural(runs, 'run')} of ${user}${later}` });
    },
    onError: refused,
  });
  const dialog = (
    <ConfirmDelete
      opened={asking}
      onClose={() => setAsking(false)}
      title="Delete all runs of this user for good?"
      action="Delete them all"
      word={user}
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
    >
      <p>
        {count.data === undefined ? 'All runs' : <b className="strong">{plural(count.data, 'run')}</b>} of <b className="strong">{user}</b>{' '}
        {count.data === 1 ? 'is' : 'are'} deleted, of all time and archived ones too, with every trace that names the user.
      </p>
    </ConfirmDelete>
  );
  return { ask: () => setAsking(true), dialog };
}
