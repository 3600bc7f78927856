import type { Conversation, Run, Task } from '../../../query/contract/index.ts';
import { formatDuration } from '../format/duration.ts';
import { shortModel } from '../format/ids.ts';
import { formatMoney } from '../format/money.ts';
import { clockSeconds } from '../format/time.ts';
import { KindMark, StatusMark } from '../parts/marks.tsx';
import { Time } from '../parts/Time.tsx';
import { Folded, PlainText, RichText } from './MessageBody.tsx';
import { compactJson, type StoryCall, type StoryItem, storyOf } from './story.ts';

interface Selecting {
  selected: Task | undefined;
  onSelect: (task: Task) => void;
}

/** Time and money of what was said, leading to its task. */
function TaskFigures({ task, selected, onSelect }: { task: Task } & Selecting) {
  return (
    <button
      type="button"
      className="message-figures"
      aria-pressed={task === selected}
      title="Show this task"
      onClick={() => onSelect(task)}
    >
      <span>{formatDuration(task.durationMs)}</span>
      {task.counted && <span>{formatMoney(task.cost)}</span>}
    </button>
  );
}

function Call({ call, ...selecting }: { call: StoryCall } & Selecting) {
  const { task } = call;
  const failed = task?.status === 'failed';
  const kind = task?.kind ?? 'tool';
  const answer = failed ? (task.error?.message ?? '') : compactJson(call.result);
  const args = compactJson(call.args);
  return (
    <div className={`call kind-${kind}${failed ? ' failed' : ''}`}>
      <div className="call-head">
        {failed ? <StatusMark status="failed" /> : <KindMark kind={kind} small />}
        <span className="mono ell">{call.name}</span>
        {task && <TaskFigures task={task} {...selecting} />}
      </div>
      <pre>
        {failed ? '' : args}
        {!failed && args && answer ? ' → ' : ''}
        {answer}
      </pre>
    </div>
  );
}

function speaker(item: Extract<StoryItem, { type: 'message' }>, run: Run): string {
  const { role, model } = item.message;
  if (role === 'user') return run.userId ?? 'user';
  return role === 'assistant' ? shortModel(model ?? 'assistant') : role;
}

function Said({ item, run, ...selecting }: { item: Extract<StoryItem, { type: 'message' }>; run: Run } & Selecting) {
  const { message, text, reasoning, task, calls } = item;
  if (message.role === 'system') {
    return (
      <details className="message system">
        <summary>System prompt, {text.length.toLocaleString('en-US')} characters</summary>
        <PlainText text={text} />
      </details>
    );
  }
  const assistant = message.role === 'assistant';
  return (
    <div className="message">
      <div className="message-who">
        {assistant && <KindMark kind="llm" small />}
        <b className="ell">{speaker(item, run)}</b>
        {task ? <TaskFigures task={task} {...selecting} /> : message.at && <Time instant={message.at} format={clockSeconds} />}
      </div>
      {reasoning && (
        <details className="reasoning">
          <summary>Reasoning</summary>
          <PlainText text={reasoning} />
        </details>
      )}
      {text && <Folded text={text}>{(shown) => (assistant ? <RichText text={shown} /> : <PlainText text={shown} />)}</Folded>}
      {calls.map((call, index) => (
        <Call key={`${call.name} ${index.toString()}`} call={call} {...selecting} />
      ))}
    </div>
  );
}

function Lookup({ task, ...selecting }: { task: Task } & Selecting) {
  return (
    <div className="message">
      <div className="message-who">
        <KindMark kind={task.kind} small />
        <b className="ell">{task.name}</b>
        <TaskFigures task={task} {...selecting} />
      </div>
    </div>
  );
}

/** A run of very many calls is told only so far. */
export function Truncated() {
  return <p className="quiet">The conversation goes on; this run has more calls than are read at once.</p>;
}

interface StoryProps extends Selecting {
  run: Run;
  conversation: Conversation;
  tasks: readonly Task[];
}

/** A run read as a conversation; the plumbing is left to the waterfall. */
export function Story({ run, conversation, tasks, ...selecting }: StoryProps) {
  return (
    <section className="story" aria-label="Conversation">
      {storyOf(conversation.messages, tasks).map((item) =>
        item.type === 'task' ? (
          <Lookup key={item.key} task={item.task} {...selecting} />
        ) : (
          <Said key={item.key} item={item} run={run} {...selecting} />
        ),
      )}
      {conversation.truncated && <Truncated />}
    </section>
  );
}
