import './task.css';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import type { Task, TaskDetail } from '../../../query/contract/index.ts';
import { taskQuery } from '../api/runs.ts';
import { formatDuration } from '../format/duration.ts';
import { clockSeconds } from '../format/time.ts';
import { Icon } from '../parts/Icon.tsx';
import { Loaded } from '../parts/Loaded.tsx';
import { KindBadge, KindMark, StatusBadge } from '../parts/marks.tsx';
import { Time } from '../parts/Time.tsx';
import { MessageList } from './MessageList.tsx';
import { ReceiptView } from './ReceiptView.tsx';
import { compactJson } from './story.ts';
import { TaskFacts } from './TaskFacts.tsx';
import { taskLabel } from './WaterfallRow.tsx';

const Json = lazy(() => import('./Json.tsx'));

function Section({ title, count, open = false, children }: { title: string; count?: number; open?: boolean; children: ReactNode }) {
  return (
    <details className="task-section" open={open}>
      <summary>
        <Icon name="right" small />
        {title}
        {count !== undefined && <span className="muted">{count}</span>}
      </summary>
      {children}
    </details>
  );
}

/** What a tool, a lookup or a step was given and what it gave back. */
function InOut({ detail }: { detail: TaskDetail }) {
  if (detail.input === null && detail.output === null) return <p className="quiet">Neither input nor output was recorded.</p>;
  return (
    <Suspense fallback={null}>
      {detail.input !== null && (
        <>
          <h3 className="task-sub">Input</h3>
          <Json value={detail.input} />
        </>
      )}
      {detail.output !== null && (
        <>
          <h3 className="task-sub">Output</h3>
          <Json value={detail.output} />
        </>
      )}
    </Suspense>
  );
}

function TaskError({ task }: { task: Task }) {
  if (!task.error) return null;
  const { type, message } = task.error;
  return (
    <p className="task-failure">
      {!(type && message.startsWith(type)) && <b>{type ?? 'Failed'}</b>} {message}
    </p>
  );
}

/** Values of an event may be anything; in a table they are text. */
function asTexts(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, compactJson(value)]));
}

function Events({ detail }: { detail: TaskDetail }) {
  return (
    <ul className="events">
      {detail.events.map(({ name, at, attributes }, index) => (
        <li key={`${at} ${index.toString()}`}>
          <Time instant={at} format={clockSeconds} />
          <span className="mono bright">{name}</span>
          <AttributeTable attributes={asTexts(attributes)} />
        </li>
      ))}
    </ul>
  );
}

export function AttributeTable({ attributes }: { attributes: Readonly<Record<string, string>> }) {
  return (
    <dl className="attributes mono">
      {Object.entries(attributes).map(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>])}
    </dl>
  );
}

function TaskBody({ detail, above, runStart }: { detail: TaskDetail; above: readonly Task[]; runStart: number }) {
  const priced = detail.counted || detail.receipt.lines.length > 0 || detail.receipt.reported !== null;
  const parent = detail.counted ? above.find(({ counted, tokens }) => !counted && tokens.total !== null) : undefined;
  return (
    <>
      <div className="task-columns">
        <div className="task-main">
          <TaskError task={detail} />
          {priced ? <ReceiptView detail={detail} parent={parent} /> : <InOut detail={detail} />}
          {detail.notes.length > 0 && (
            <p className="note">
              <Icon name="info" />
              <span>Noted while booking: {detail.notes.join('; ')}.</span>
            </p>
          )}
        </div>
        <TaskFacts detail={detail} runStart={runStart} />
      </div>
      {detail.messages.length > 0 && (
        <Section title="Messages" count={detail.messages.length}>
          <MessageList messages={detail.messages} outputFrom={detail.outputFrom} />
        </Section>
      )}
      {Object.keys(detail.attributes).length > 0 && (
        <Section title="Attributes" count={Object.keys(detail.attributes).length}>
          <AttributeTable attributes={detail.attributes} />
        </Section>
      )}
      {detail.events.length > 0 && (
        <Section title="Events" count={detail.events.length} open={detail.status === 'failed'}>
          <Events detail={detail} />
        </Section>
      )}
    </>
  );
}

interface TaskPanelProps {
  task: Task;
  /** What stands above it in the tree, the nearest first. */
  above: readonly Task[];
  /** Milliseconds since 1970. */
  runStart: number;
  /** Shows the task before, or the one after; not there at the ends. */
  onBefore: (() => void) | undefined;
  onAfter: (() => void) | undefined;
}

/** One task: its receipt, its facts, and everything that was recorded of it. */
export function TaskPanel({ task, above, runStart, onBefore, onAfter }: TaskPanelProps) {
  const detail = useQuery(taskQuery(task.traceId, task.taskId));
  return (
    <section className="task" aria-label="Selected task">
      <div className="task-head">
        <h2>
          <KindMark kind={task.kind} />
          <span className="ell">{taskLabel(task)}</span>
        </h2>
        <span className="meta">
          <StatusBadge status={task.status} />
          <KindBadge kind={task.kind} />
          <span>{formatDuration(task.durationMs)}</span>
          {task.ttftMs !== null && <span>first token {formatDuration(task.ttftMs)}</span>}
        </span>
        <button type="button" className="btn ghost square" aria-label="Previous task" disabled={!onBefore} onClick={onBefore}>
          <Icon name="up" small />
        </button>
        <button type="button" className="btn ghost square" aria-label="Next task" disabled={!onAfter} onClick={onAfter}>
          <Icon name="down" small />
        </button>
      </div>
      <Loaded query={detail} what="The task">
        {(data) => <TaskBody detail={data} above={above} runStart={runStart} />}
      </Loaded>
    </section>
  );
}
