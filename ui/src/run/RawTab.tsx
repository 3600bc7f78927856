import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Run, Task } from '../../../query/contract/index.ts';
import { taskQuery } from '../api/runs.ts';
import { copyText } from '../parts/CopyId.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Segmented } from '../parts/Segmented.tsx';

const Json = lazy(() => import('./Json.tsx'));

const OPTIONS = [
  { value: 'run', label: 'Run' },
  { value: 'task', label: 'Selected task' },
] as const;

/** What the API answers, to copy from. */
export function RawTab({ run, task }: { run: Run; task: Task | undefined }) {
  const [which, setWhich] = useState<'run' | 'task'>('run');
  const detail = useQuery({ ...taskQuery(task?.traceId ?? '', task?.taskId ?? ''), enabled: which === 'task' && task !== undefined });
  const value = which === 'run' ? run : detail.data;
  return (
    <div className="tab-body sec">
      <div className="sec-head">
        <Segmented label="What to show" options={OPTIONS} value={which} onChange={setWhich} />
        <span className="grow" />
        <button type="button" className="btn small" disabled={!value} onClick={() => copyText(JSON.stringify(value, null, 2), 'the JSON')}>
          <Icon name="copy" small />
          Copy JSON
        </button>
      </div>
      <Suspense fallback={null}>{value && <Json value={value} />}</Suspense>
    </div>
  );
}
