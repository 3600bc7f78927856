import { Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Run } from '../../../query/contract/index.ts';
import { useMarkRun } from '../api/marks.ts';
import { fullTime } from '../format/time.ts';
import { CopyId } from '../parts/CopyId.tsx';
import { Icon } from '../parts/Icon.tsx';
import { FeatureBadge, StatusBadge } from '../parts/marks.tsx';
import { StarButton } from '../parts/StarButton.tsx';
import { Time } from '../parts/Time.tsx';
import { useDeleteRun, useDeleteUserRuns } from '../runs/useDeletion.tsx';
import { RunName } from './RunName.tsx';

function RunMenu({ run }: { run: Run }) {
  const mark = useMarkRun();
  const deletion = useDeleteRun(run);
  const ofUser = useDeleteUserRuns(run.userId ?? '');
  return (
    <>
      <Menu width={run.userId ? 260 : 200}>
        <Menu.Target>
          <button type="button" className="btn square" aria-label="More about this run">
            <Icon name="more" small />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="archive" small />} onClick={() => mark.mutate({ run, patch: { archived: !run.archived } })}>
            {run.archived ? 'Take out of the archive' : 'Archive'}
          </Menu.Item>
          <Menu.Item className="danger" leftSection={<Icon name="trash" small />} onClick={deletion.ask}>
            Delete
          </Menu.Item>
          {run.userId && (
            <Menu.Item className="danger" leftSection={<Icon name="user" small />} onClick={ofUser.ask}>
              Delete all runs of {run.userId}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {deletion.dialog}
      {ofUser.dialog}
    </>
  );
}

export function RunHead({ run }: { run: Run }) {
  return (
    <div className="run-head">
      <div className="run-title">
        <RunName run={run} />
        <StarButton run={run} />
      </div>
      <div className="meta">
        <StatusBadge status={run.status} />
        <FeatureBadge feature={run.feature} />
        {run.archived && <span className="badge feature">archived</span>}
        {run.sourceId && (
          <Link to="/runs" search={(search) => ({ range: search.range, from: search.from, to: search.to, source: [run.sourceId ?? ''] })}>
            {run.sourceId}
          </Link>
        )}
        {run.userId && (
          <Link to="/runs" search={(search) => ({ range: search.range, from: search.from, to: search.to, user: [run.userId ?? ''] })}>
            {run.userId}
          </Link>
        )}
        <Time instant={run.startedAt} format={fullTime} />
        <CopyId id={run.runId} what="run id" />
        {run.tags.map((tag) => (
          <Link key={tag} to="/runs" search={(search) => ({ range: search.range, from: search.from, to: search.to, tag: [tag] })}>
            #{tag}
          </Link>
        ))}
      </div>
      <div className="run-actions">
        {run.feature === 'chat' && run.sourceId === 'chat' && (
          <Link className="btn primary" to="/chat" search={{ runId: run.runId }}>
            <Icon name="resume" small />
            Resume chat
          </Link>
        )}
        <RunMenu run={run} />
      </div>
    </div>
  );
}
