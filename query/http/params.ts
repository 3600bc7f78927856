import { z } from 'zod';
import { costKnown, feature, runStatus } from '../contract/index.ts';
import { storedTime } from '../values.ts';

const MAX_VALUES = 500;
const MAX_LENGTH = 1000;
const text = z.string().max(MAX_LENGTH);

/** A filter that may be repeated: `model=a&model=b` is a OR b. A comma is part of the value. */
const many = <S extends z.ZodType<string>>(one: S, description: string) =>
  z
    .union([one.transform((value) => [value]), z.array(one).max(MAX_VALUES)])
    .optional()
    .describe(`${description} May be repeated; any of the values matches.`);

const RFC3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;
const EARLIEST = 0n;
/** 2106, where whole seconds in 32 bits end. */
const LATEST = 4_291_747_200_000_000_000n;

/** RFC 3339 with up to nine decimals -> nanoseconds since 1970. */
export function parseInstant(value: string): bigint | undefined {
  const match = RFC3339.exec(value);
  if (!match) return undefined;
  const ms = Date.parse(`${match[1]}${match[3]}`);
  if (Number.isNaN(ms) || !isOnCalendar(match[1]!)) return undefined;
  const ns = BigInt(ms) * 1_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
  return ns >= EARLIEST && ns <= LATEST ? ns : undefined;
}

/** The engine of JavaScript takes 30 February for 2 March. */
function isOnCalendar(seconds: string): boolean {
  return new Date(`${seconds}Z`).toISOString().startsWith(seconds);
}

/** An instant as the engine writes it. */
const time = (description: string) =>
  z
    .string()
    .transform((value, context) => {
      const ns = parseInstant(value);
      if (ns !== undefined) return storedTime(ns);
      context.addIssue({ code: 'custom', message: 'expected an RFC 3339 instant between 1970 and 2105, e.g. 2026-11-22T12:00:00Z' });
      return z.NEVER;
    })
    .optional()
    .describe(description);

const flag = (description: string) =>
  z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .describe(description);

const decimal = (description: string) =>
  z
    .string()
    .regex(/^\d{1,18}(\.\d{1,12})?$/, 'expected an amount in US dollars, e.g. 0.05')
    .optional()
    .describe(description);

/** A whole number in a query string. Number('') is 0, so the text is checked first. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const MOST_TOKENS = 999_999_999_999_999;
/** A century. Nothing that starts and ends within the ledger's years takes longer. */
const LONGEST_MS = 3_155_760_000_000;

/** The filters every question about runs takes. Also documents them: the descriptions end up in OpenAPI. */
export const runFilters = z.strictObject({
  from: time('Runs that started at or after this instant.'),
  to: time('Runs that started before this instant.'),
  feature: many(feature, 'Feature that was used.'),
  source: many(text, 'Which prompt, applet, workflow ... of the feature.'),
  status: many(runStatus, 'Status of the run.'),
  model: many(text, 'Model of a counted call (the one that answered).'),
  provider: many(text, 'Provider of a counted call.'),
  user: many(text, 'User id.'),
  session: many(text, 'Session id.'),
  tag: many(text, 'Tag of the run.'),
  starred: flag('Only starred runs, or only the others.'),
  archived: flag('true: only archived runs. Otherwise archived runs are left out of lists; analytics keep them, since they were paid for.'),
  q: text
    .min(1)
    .optional()
    .describe('Text in the name, id or user of the run, or words that are all in one message of it; case does not matter.'),
  cost: many(costKnown, 'How far the cost is known; the values of the facet.'),
  minCost: decimal('Runs that cost at least this many US dollars.'),
  maxCost: decimal('Runs that cost at most this many US dollars.'),
  minTokens: whole(0, MOST_TOKENS).optional().describe('Runs with at least this many tokens.'),
  minDurationMs: whole(0, LONGEST_MS).optional().describe('Runs that took at least this many milliseconds.'),
});
export type RunFilters = z.output<typeof runFilters>;
