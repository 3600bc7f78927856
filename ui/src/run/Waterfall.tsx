import { useCallback, useMemo } from 'react';
import type { Task } from '../../../query/contract/index.ts';
import { Icon } from '../parts/Icon.tsx';
import { Minimap } from './Minimap.tsx';
import { MinimapBrush } from './MinimapBrush.tsx';
import { refText } from './task-ref.ts';
import { ticksOf } from './timescale.ts';
import type { TreeRow } from './tree.ts';
import { useWaterfall } from './useWaterfall.ts';
import { isWhole, WHOLE } from './viewport.ts';
import { WaterfallFrame } from './WaterfallFrame.tsx';
import { WaterfallRow } from './WaterfallRow.tsx';

interface WaterfallProps {
  tasks: readonly Task[];
  selected: Task | undefined;
  onSelect: (task: Task) => void;
}

/** The tasks of a run as a tree, each with its bar. */
export function Waterfall({ tasks, selected, onSelect }: WaterfallProps) {
  const state = useWaterfall(tasks, selected, onSelect);
  const { rows, scale, view, place } = state;
  const ticks = useMemo(() => ticksOf(scale), [scale]);
  const { toggle } = state;
  const fold = useCallback(({ task }: TreeRow) => toggle(task.taskId), [toggle]);

  return (
    <>
      <div className="waterfall-bar">
        {state.foldAll && (
          <button type="button" className="btn small" onClick={() => state.foldAll?.(state.folded.size === 0)}>
            {state.folded.size === 0 ? 'Fold' : 'Unfold all'}
          </button>
        )}
        {!isWhole(view) && (
          <button type="button" className="btn small" onClick={() => state.setView(WHOLE)}>
            Whole run
          </button>
        )}
        <span className="grow" />
        {state.nextFailure && (
          <button type="button" className="btn small" onClick={state.nextFailure}>
            <span className="status status-failed">
              <Icon name="failed" small />
            </span>
            Next failure
          </button>
        )}
      </div>
      <div className="minimap-frame">
        <Minimap tasks={tasks} scale={scale} height={40}>
          <MinimapBrush view={view} onView={state.setView} />
        </Minimap>
      </div>
      <WaterfallFrame
        count={rows.length}
        place={place}
        selected={selected && refText(selected)}
        ticks={ticks}
        folds={scale.folds}
        view={view}
        onKeyDown={state.onKeyDown}
        renderRow={(index) => {
          const row = rows[index];
          return row ? (
            <WaterfallRow
              row={row}
              scale={scale}
              view={view}
              selected={index === place}
              folded={state.folded.has(row.task.taskId)}
              onSelect={onSelect}
              onFold={fold}
            />
          ) : null;
        }}
      />
    </>
  );
}
