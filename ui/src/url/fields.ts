import * as z from 'zod/mini';

/** Fields of a search schema: what does not parse is dropped, so that no address breaks a page. */
const one = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

const optionalText = z.optional(z.string().check(z.minLength(1)));
export const text = z.catch(z.pipe(z.transform(one), optionalText), undefined);

export function word<const T extends readonly [string, ...string[]]>(values: T) {
  return z.catch(z.pipe(z.transform(one), z.optional(z.enum(values))), undefined);
}

/** A list of texts, sorted and each once; an empty one is not there. */
export const texts = z.catch(
  z.pipe(
    z.transform((value: unknown) => {
      const list = [...new Set(asList(value).filter((item): item is string => typeof item === 'string' && item !== ''))].sort();
      return list.length > 0 ? list : undefined;
    }),
    z.optional(z.array(z.string())),
  ),
  undefined,
);

/** A list of known words; others are dropped. */
export function words<const T extends readonly [string, ...string[]]>(values: T) {
  const known = new Set<string>(values);
  return z.catch(
    z.pipe(
      z.transform((value: unknown) => {
        const list = [...new Set(asList(value).filter((item): item is T[number] => typeof item === 'string' && known.has(item)))].sort();
        return list.length > 0 ? list : undefined;
      }),
      z.optional(z.array(z.enum(values))),
    ),
    undefined,
  );
}

/** `true` or not there. */
export const flag = z.catch(
  z.pipe(
    z.transform((value: unknown) => (one(value) === 'true' || value === true ? true : undefined)),
    z.optional(z.literal(true)),
  ),
  undefined,
);

/** A number that is not negative. */
export const count = z.catch(
  z.pipe(
    z.transform((value: unknown) => (one(value) === undefined ? undefined : Number(one(value)))),
    z.optional(z.number().check(z.nonnegative())),
  ),
  undefined,
);

/** An amount of dollars, kept as text. */
export const amount = z.catch(
  z.pipe(
    z.transform((value: unknown) => numberText(one(value))),
    z.optional(z.string().check(z.regex(/^\d+(\.\d{1,12})?$/))),
  ),
  undefined,
);

const numberText = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);
