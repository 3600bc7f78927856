import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Task } from '../../../query/contract/index.ts';
import { taskQuery } from '../api/runs.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { AttributeTable } from './TaskPanel.tsx';
import { taskLabel } from './WaterfallRow.tsx';

function matching(attributes: Readonly<Record<string, string>>, text: string): Record<string, string> {
  const wanted = text.toLowerCase();
  return Object.fromEntries(Object.entries(attributes).filter(([name, value]) => `${name} ${value}`.toLowerCase().includes(wanted)));
}

/** Everything a task's span carried, as it was sent. */
export function AttributesTab({ task }: { task: Task }) {
  const [text, setText] = useState('');
  const detail = useQuery(taskQuery(task.traceId, task.taskId));
  return (
    <div className="tab-body sec">
      <div className="sec-head">
        <h2 className="ell">{taskLabel(task)}</h2>
        <span className="grow" />
        <input
          type="search"
          className="field"
          placeholder="Name or value"
          aria-label="Search attributes"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </div>
      <Loaded query={detail} what="The attributes">
        {({ attributes }) => {
          const found = matching(attributes, text);
          if (Object.keys(found).length === 0)
            return <p className="quiet">{text ? 'No attribute matches.' : 'The span carried no attributes.'}</p>;
          return <AttributeTable attributes={found} />;
        }}
      </Loaded>
    </div>
  );
}
