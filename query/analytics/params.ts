import { z } from 'zod';
import { dimension, measure } from '../contract/index.ts';
import { runFilters, whole } from '../http/params.ts';
import { INTERVALS } from './range.ts';

const range = {
  from: runFilters.shape.from.describe('What started at or after this instant. Without it: everything booked.'),
  to: runFilters.shape.to.describe('What started before this instant. Without it: until now.'),
};

/** Filters on usage. Those that a task carries itself (feature, source, model, provider, user, session) choose tasks, the others choose the runs they belong to. */
export const analyticsFilters = runFilters.extend(range);
export type AnalyticsFilters = z.output<typeof analyticsFilters>;

export const seriesQuery = analyticsFilters.extend({
  measure: measure.describe('What to add up.'),
  by: dimension.default('none').describe('One series for each value of this; the largest 20 and (other).'),
  interval: z
    .enum(['auto', ...INTERVALS.map(String)])
    .default('auto')
    .transform((value) => (value === 'auto' ? value : Number(value)))
    .describe('Seconds a bucket covers; auto chooses so that there are at most 120. Buckets are aligned in UTC, weeks start on Monday.'),
});
export type SeriesQuery = z.output<typeof seriesQuery>;

export const breakdownQuery = analyticsFilters.extend({
  by: dimension.describe('One row for each value of this.'),
  limit: whole(1, 1000).default(100).describe('Rows to answer at most.'),
});
export type BreakdownQuery = z.output<typeof breakdownQuery>;
