import { type KeyboardEvent, useState } from 'react';
import type { Run } from '../../../query/contract/index.ts';
import { useMarkRun } from '../api/marks.ts';
import { Icon } from '../parts/Icon.tsx';

const LONGEST = 200;

/** The name, to be changed in place: Enter keeps, Escape gives up. */
export function RunName({ run }: { run: Run }) {
  const [draft, setDraft] = useState<string | null>(null);
  const mark = useMarkRun();

  function keep(): void {
    const name = draft?.trim();
    setDraft(null);
    if (name && name !== run.name) mark.mutate({ run, patch: { name } });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter') keep();
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    setDraft(null);
  }

  if (draft === null) {
    return (
      <>
        <h1>{run.name}</h1>
        <button
          type="button"
          className="btn ghost square small"
          aria-label="Change the name"
          title="Change the name"
          onClick={() => setDraft(run.name)}
        >
          <Icon name="edit" small />
        </button>
      </>
    );
  }
  return (
    <input
      className="field run-name"
      aria-label="Name of the run"
      maxLength={LONGEST}
      value={draft}
      // biome-ignore lint/a11y/noAutofocus: the reader asked to write here
      autoFocus
      onChange={({ target }) => setDraft(target.value)}
      onBlur={keep}
      onKeyDown={onKeyDown}
    />
  );
}
