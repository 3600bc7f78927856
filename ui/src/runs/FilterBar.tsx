import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useId, useRef, useState } from 'react';
import { useKeys } from '../app/keys.ts';
import { Chip } from '../parts/Chip.tsx';
import { Icon } from '../parts/Icon.tsx';
import { noFilters } from '../url/runs-search.ts';
import { chipsOf } from './chips.ts';
import { FilterSheet } from './FilterSheet.tsx';
import { UserMenu } from './UserMenu.tsx';
import { useRunsSearch } from './useRunsSearch.ts';

const TYPING_MS = 250;

/** Text in name, id or user, or words of what was said. The address follows while one types, without a step for each letter. */
function SearchBox() {
  const { search, change } = useRunsSearch();
  const [text, setText] = useState(search.q ?? '');
  const box = useRef<HTMLInputElement>(null);
  const hint = useId();
  const apply = useDebouncedCallback(
    (value: string) => change({ q: value.trim() || undefined, peek: undefined }, { replace: true }),
    TYPING_MS,
  );
  useEffect(() => setText((typed) => (typed.trim() === (search.q ?? '') ? typed : (search.q ?? ''))), [search.q]);
  useKeys({ '/': () => box.current?.focus() });

  return (
    <span className="list-search">
      <input
        ref={box}
        type="search"
        className="field"
        placeholder="Name, user, id or words"
        aria-label="Search runs"
        aria-describedby={hint}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          apply(target.value);
        }}
      />
      <span id={hint} className="search-hint">
        Finds runs by a part of their name, id or user, and by words that stand in one message, asked or answered. <kbd>/</kbd> leads here.
      </span>
    </span>
  );
}

/** Search, the filters in force, and runs that wait to be shown. */
export function FilterBar({ fresh, onFresh }: { fresh: string; onFresh: () => void }) {
  const { scope, change } = useRunsSearch();
  const chips = chipsOf(scope.filters).filter(({ without }) => !('q' in without));
  const user = scope.filters.user?.length === 1 ? scope.filters.user[0] : undefined;
  return (
    <div className="filter-bar">
      <FilterSheet count={chips.length} />
      <SearchBox />
      {fresh && (
        <button type="button" className="fresh" onClick={onFresh}>
          <Icon name="up" />
          {fresh} new
        </button>
      )}
      <span className="chips no-phone">
        {chips.map(({ label, without }) => (
          <Chip key={label} label={label} onRemove={() => change({ ...without, peek: undefined })} />
        ))}
        {user && <UserMenu user={user} />}
        {chips.length > 1 && (
          <button type="button" className="link clear-filters" onClick={() => change({ ...noFilters(), peek: undefined })}>
            Clear all
          </button>
        )}
      </span>
    </div>
  );
}
