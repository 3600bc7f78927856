import { bounds, sparkPath, type Values } from './sparks.ts';

/** A line without an axis: the figure beside it says what it is. */
export function Spark({ values, before }: { values: Values; before?: Values | undefined }) {
  const [low, high] = bounds(before ? [values, before] : [values]);
  const line = sparkPath(values, low, high);
  if (!line.end) return null;
  const [x, y] = line.end;
  return (
    <svg className="spark" viewBox="0 0 100 32" preserveAspectRatio="none" aria-hidden="true">
      {before && <path className="before" d={sparkPath(before, low, high).path} />}
      <path d={line.path} />
      <path className="end" d={`M${x} ${y.toFixed(2)}h.01`} />
    </svg>
  );
}
