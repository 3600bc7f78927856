import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { fewRunsQuery } from '../api/runs.ts';
import { fromRange, PRESET_LABEL, PRESETS, type Range, rangeLabel, rangeLength } from '../url/range.ts';
import { FirstRun } from './FirstRun.tsx';

/** Longer ranges than this one that may hold something. */
export function longerPresets(range: Range) {
  return PRESETS.filter((preset) => rangeLength({ kind: 'preset', preset }) > rangeLength(range));
}

/** Says whether there are runs at all, whatever the range: two kinds of emptiness that want different advice. */
export function useAnyRun(): { any: boolean; known: boolean } {
  const { data } = useQuery(fewRunsQuery({ limit: 1 }));
  return { any: (data?.runs.length ?? 0) > 0, known: data !== undefined };
}

interface EmptyRangeProps {
  range: Range;
  /** What did not happen in it: `Nothing ran`. */
  nothing?: string;
}

/** Nothing in the range: how to send a first run, or where to look instead. */
export function EmptyRange({ range, nothing = 'Nothing ran' }: EmptyRangeProps) {
  const { any, known } = useAnyRun();
  const navigate = useNavigate();
  if (!known) return null;
  if (!any) return <FirstRun />;
  return (
    <div className="empty">
      <h2>
        {nothing} {range.kind === 'preset' ? `in the ${rangeLabel(range).toLowerCase()}` : `on ${rangeLabel(range)}`}
      </h2>
      <p>There are runs outside this range.</p>
      <div className="row-of">
        {longerPresets(range).map((preset) => (
          <button
            key={preset}
            type="button"
            className="btn"
            onClick={() => navigate({ to: '.', search: (search) => ({ ...search, ...fromRange({ kind: 'preset', preset }) }) })}
          >
            {PRESET_LABEL[preset]}
          </button>
        ))}
      </div>
    </div>
  );
}
