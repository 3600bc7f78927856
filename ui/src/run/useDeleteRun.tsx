import { Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Run } from '../../../query/contract/index.ts';
import { errorMessage } from '../api/client.ts';
import { deleteRun } from '../api/runs.ts';

/** Deleting is asked about once, and leads back to the list. */
export function useDeleteRun(run: Run): { ask: () => void; dialog: ReactNode } {
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
    onError: (error) => notifications.show({ color: 'red', title: 'Not deleted', message: errorMessage(error) }),
  });
  const close = () => setAsking(false);

  const dialog = (
    <Modal centered opened={asking} onClose={close} title="Delete this run?" closeButtonProps={{ 'aria-label': 'Close' }}>
      <p>
        <b className="strong">{run.name}</b> and its {run.taskCount === 1 ? 'task' : `${run.taskCount} tasks`} will no longer be shown. This
        cannot be undone.
      </p>
      <div className="dialog-foot">
        <button type="button" className="btn" onClick={close}>
          Keep it
        </button>
        <button type="button" className="btn danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          Delete the run
        </button>
      </div>
    </Modal>
  );
  return { ask: () => setAsking(true), dialog };
}
