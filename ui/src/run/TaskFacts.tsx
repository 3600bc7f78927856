import type { ReactNode } from 'react';
import type { TaskDetail } from '../../../query/contract/index.ts';
import { formatDuration } from '../format/duration.ts';
import { formatTokens } from '../format/numbers.ts';
import { timeTooltip, toMs } from '../format/time.ts';
import { CopyId } from '../parts/CopyId.tsx';
import { finishOf, speedOf } from './receipt-words.ts';

type Fact = readonly [name: string, value: ReactNode, mono?: boolean];

function startedFact(startedAt: string, runStart: number): ReactNode {
  const after = toMs(startedAt) - runStart;
  return <span title={timeTooltip(toMs(startedAt))}>+{formatDuration(Math.max(0, after))}</span>;
}

function factsOf(detail: TaskDetail, runStart: number): Fact[] {
  const call = detail.kind === 'llm' || detail.kind === 'embedding';
  return [
    ['Name', detail.name, true],
    ['Requested', detail.requestModel, true],
    ['Answered', detail.model, true],
    ['Provider', detail.provider],
    ['Started', startedFact(detail.startedAt, runStart)],
    ['Speed', call ? speedOf(detail) : null],
    ['Finish', finishOf(detail)],
    ['Reasoning', !detail.tokens.reasoning ? null : `${formatTokens(detail.tokens.reasoning)} tokens`],
    ['Counted', detail.counted ? 'yes, once' : 'no'],
    ['Response', detail.responseId && <CopyId id={detail.responseId} what="response id" />],
    ['Span', <CopyId key="span" id={detail.taskId} what="span id" />],
    ['Trace', <CopyId key="trace" id={detail.traceId} what="trace id" />],
  ];
}

/** What is known of a task beside its amounts; what is not known is left out. */
export function TaskFacts({ detail, runStart }: { detail: TaskDetail; runStart: number }) {
  return (
    <div className="task-facts">
      <h3>Facts</h3>
      <dl className="facts">
        {factsOf(detail, runStart).map(([name, value, mono]) =>
          value === null || value === '' ? null : (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd className={mono ? 'mono' : undefined} title={typeof value === 'string' ? value : undefined}>
                {value}
              </dd>
            </div>
          ),
        )}
      </dl>
    </div>
  );
}
