import type { Run } from '../../../query/contract/index.ts';
import { useMarkRun } from '../api/marks.ts';
import { Icon } from './Icon.tsx';

/** Filled at once; the server is told meanwhile. */
export function StarButton({ run, small = false, tabbable = true }: { run: Run; small?: boolean; tabbable?: boolean }) {
  const mark = useMarkRun();
  return (
    <button
      type="button"
      className="star"
      aria-pressed={run.starred}
      aria-label={`Star ${run.name}`}
      title={run.starred ? 'Remove the star' : 'Star this run'}
      tabIndex={tabbable ? 0 : -1}
      onClick={() => mark.mutate({ run, patch: { starred: !run.starred } })}
    >
      <Icon name="star" small={small} />
    </button>
  );
}
