import { Chip } from '../parts/Chip.tsx';
import { EmptyRange, longerPresets } from '../parts/EmptyRange.tsx';
import { fromRange, PRESET_LABEL, rangeLabel } from '../url/range.ts';
import { noFilters } from '../url/runs-search.ts';
import { chipsOf } from './chips.ts';
import { useRunsSearch } from './useRunsSearch.ts';

/** An empty list: nothing was ever there, nothing in the range, or nothing under these filters. */
export function NothingMatches() {
  const { scope, change } = useRunsSearch();
  const chips = chipsOf(scope.filters);
  if (chips.length === 0) return <EmptyRange range={scope.range} />;
  const [longer] = longerPresets(scope.range);
  const where = scope.range.kind === 'preset' ? `in the ${rangeLabel(scope.range).toLowerCase()}` : `on ${rangeLabel(scope.range)}`;
  return (
    <section className="empty" aria-label="Nothing matches">
      <h2>Nothing matches</h2>
      <p>
        No run {where} is{' '}
        {chips.map(({ label, without }, index) => (
          <span key={label}>
            {index > 0 && ' and '}
            <Chip label={label} onRemove={() => change(without)} />
          </span>
        ))}
      </p>
      <div className="row-of">
        <button type="button" className="btn" onClick={() => change(noFilters())}>
          Clear filters
        </button>
        {longer && (
          <button type="button" className="btn ghost" onClick={() => change(fromRange({ kind: 'preset', preset: longer }))}>
            Look at the {PRESET_LABEL[longer].toLowerCase()}
          </button>
        )}
      </div>
    </section>
  );
}
