import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Deletion } from '../contract/index.ts';
import { notFound, Refusal } from '../http/errors.ts';
import { findAnnounced, findRow } from './detail.ts';
import { hideRun } from './mark.ts';
import { readLive } from './read.ts';

/** What is to be deleted. `traceIds`: traces of the run of which nothing may be booked yet. */
export type DeleteAsk =
  | { kind: 'run'; project: string; runId: string; traceIds: readonly string[] }
  | { kind: 'user'; project: string; user: string }
  | { kind: 'project'; project: string };

/** Whoever writes the books: the only one who can take something out of them. */
export interface Endings {
  /** Resolves when it is out of every total, or when it is certain that it will be; rejects where that cannot be said. */
  delete(ask: DeleteAsk): Promise<Deletion>;
  isDeleted(project: string): boolean;
}

export const userRunsQuery = z.strictObject({
  user: z.string().min(1).max(1000).describe('The user whose runs are deleted: all of them, with every trace that names the user.'),
});

export const projectQuery = z.strictObject({
  confirm: z.string().describe('The id of the project once more, so that none is deleted by a slip.'),
});

/**
 * Deletes a run: hidden at once, then taken out of every total. Where nobody writes the books beside this reader it stays hidden.
 * @returns false where it is still on its way out of the totals
 * @throws Refusal 404 where there is none
 */
export async function deleteRun(context: Context, id: string): Promise<boolean> {
  const live = await readLive(context);
  const row = await findRow(context, id, live.running);
  const announced = row ? live.byId.get(row.id) : findAnnounced(live, id);
  const runId = row?.id ?? announced?.runId;
  if (runId === undefined) throw notFound(`run ${id}`);
  if (!context.endings) return hideRun(context, runId).then(() => true);
  const unbooked = announced && !row?.trace_ids.includes(announced.traceId) ? [announced.traceId] : [];
  // A run of which only a mark is known is hidden by it: nothing of it need ever come.
  if (unbooked.length > 0) await hideRun(context, runId);
  return (await ask(context.endings, { kind: 'run', project: context.project, runId, traceIds: unbooked })).done;
}

/** Deletes all runs of a user. Asked again it says what is left. */
export function deleteUserRuns(context: Context, user: string): Promise<Deletion> {
  return ask(endingsOf(context), { kind: 'user', project: context.project, user });
}

/**
 * Deletes a project with all it holds: it answers nothing from then on, and takes nothing.
 * @throws Refusal 400 without the confirmation, 404 where it is another's
 */
export function deleteProject(context: Context, project: string, confirm: string): Promise<Deletion> {
  if (project !== context.project) throw notFound(`project ${project}`);
  if (confirm !== project) throw new Refusal(400, 'bad_request', 'confirm: must be the id of the project');
  return ask(endingsOf(context), { kind: 'project', project });
}

function endingsOf({ endings }: Context): Endings {
  if (!endings) throw new Refusal(503, 'unavailable', 'nobody writes the books here, so nothing can be deleted');
  return endings;
}

async function ask(endings: Endings, what: DeleteAsk): Promise<Deletion> {
  try {
    return await endings.delete(what);
  } catch (error) {
    throw new Refusal(503, 'unavailable', error instanceof Error ? error.message : String(error));
  }
}
