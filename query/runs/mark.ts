import type { Context } from '../context.ts';
import type { Run, RunPatch } from '../contract/index.ts';
import { sql } from '../sql.ts';
import { readRun } from './detail.ts';

const MARK = sql('runs/mark');

type Marks = RunPatch & { deleted?: true };

/** Changes of marks, one after another: each reads the last version and writes the next. */
let queue: Promise<unknown> = Promise.resolve();

/** Stars, archives, renames or tags a run, and answers what it is now. */
export async function patchRun(context: Context, id: string, patch: RunPatch): Promise<Run> {
  const { runId } = await readRun(context, id);
  await mark(context, runId, patch);
  return readRun(context, runId);
}

/** Hides a run from every list and page. Its amounts are taken out of the books by whoever writes them. */
export function hideRun(context: Context, runId: string): Promise<void> {
  return mark(context, runId, { deleted: true });
}

function mark(context: Context, run: string, marks: Marks): Promise<void> {
  const change = queue.then(() =>
    context.store.command(MARK, {
      project: context.project,
      run,
      setStarred: Number(marks.starred !== undefined),
      starred: Number(marks.starred ?? false),
      setArchived: Number(marks.archived !== undefined),
      archived: Number(marks.archived ?? false),
      setDeleted: Number(marks.deleted !== undefined),
      setName: Number(marks.name !== undefined),
      name: marks.name ?? '',
      setTags: Number(marks.tags !== undefined),
      tags: JSON.stringify(marks.tags ?? []),
    }),
  );
  queue = change.catch(() => undefined);
  return change;
}
