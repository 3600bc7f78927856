import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Retention } from '../contract/index.ts';
import { notFound } from '../http/errors.ts';
import { sql } from '../sql.ts';

const READ = sql('projects/retention');
const WRITE = sql('projects/set-retention');

const days = z.number().int().min(1).max(36_500).nullable();

export const retentionPatch = z
  .strictObject({ payloadDays: days, totalsDays: days })
  .refine(({ payloadDays, totalsDays }) => totalsDays === null || (payloadDays !== null && payloadDays <= totalsDays), {
    message: 'totalsDays: totals are kept at least as long as the tasks they are made of',
  });

/**
 * How long a project is kept, where it has a time of its own; null where the server's settings hold.
 * @throws Refusal 404 where it is another's
 */
export async function readRetention(context: Context, project: string): Promise<Retention> {
  if (project !== context.project) throw notFound(`project ${project}`);
  const [row] = await context.store.query<{ payload: number | null; totals: number | null }>(READ, { project });
  return { own: row ? { payloadDays: row.payload, totalsDays: row.totals } : null };
}

/** Sets it. What is over by it goes within the hour, for good. */
export async function setRetention(context: Context, project: string, own: z.output<typeof retentionPatch>): Promise<Retention> {
  if (project !== context.project) throw notFound(`project ${project}`);
  await context.store.command(WRITE, {
    project,
    payload: own.payloadDays ?? 0,
    totals: own.totalsDays ?? 0,
  });
  return { own };
}
