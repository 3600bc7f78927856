import { z } from 'zod';
import { Refusal } from './errors.ts';

/**
 * Checks what a caller sent against a strict schema. Unknown parameters are an error that names them, so that a typo never silently widens an answer.
 * @throws Refusal 400
 */
export function validate<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const unknown = result.error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : []));
  if (unknown.length > 0) throw new Refusal(400, 'unknown_parameter', `unknown parameter: ${unknown.join(', ')}`, { unknown });
  const first = result.error.issues[0];
  const message = first ? `${first.path.join('.') || 'request'}: ${first.message}` : 'the request is not valid';
  throw new Refusal(400, 'bad_request', message, z.flattenError(result.error));
}

/** For questions that take no parameters. */
export const noQuery = z.strictObject({});
