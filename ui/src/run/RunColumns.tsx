import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Conversation, Run, Task } from '../../../query/contract/index.ts';
import { Story } from './Story.tsx';

/** Why there is nothing to read; of a run with very many calls only the first ones are looked through. */
export const noText = (truncated: boolean | undefined): string =>
  truncated
    ? 'No text was recorded with the first calls of this run; of so many only the first are looked through.'
    : 'No text was recorded for this run.';

interface RunColumnsProps {
  run: Run;
  /** The run is read as a story, and not by its tasks alone. */
  withStory: boolean;
  messages: UseQueryResult<Conversation>;
  /** Tasks to tell the story with; fewer than all where the run is large. */
  tasks: readonly Task[];
  selected: Task | undefined;
  onSelect: (task: Task) => void;
  children: ReactNode;
}

/** What was said on the left, what was done on the right. */
export function RunColumns({ run, withStory, messages, tasks, selected, onSelect, children }: RunColumnsProps) {
  const conversation = messages.data;
  const told = withStory && conversation !== undefined && conversation.messages.length > 0;
  return (
    <div className={told ? 'run-columns' : undefined}>
      {told && <Story run={run} conversation={conversation} tasks={tasks} selected={selected} onSelect={onSelect} />}
      <section className="trace" aria-label="Tasks and the selected task">
        {withStory && conversation?.messages.length === 0 && (
          <p className="quiet part-only">{noText(conversation.truncated)} There is no story to read.</p>
        )}
        {children}
      </section>
    </div>
  );
}
