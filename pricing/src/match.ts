/** A rule for model names in lower case. The generator lowers the list's texts; its regular expressions stand as they are. */
export type Match =
  | { readonly equals: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly contains: string }
  | { readonly regex: string }
  | { readonly or: readonly Match[] }
  | { readonly and: readonly Match[] };

/** Compiled once: a sender may name 50,000 models in one request, and each is held against every rule. */
const patterns = new WeakMap<Match, RegExp>();

function patternOf(rule: { readonly regex: string }): RegExp {
  const known = patterns.get(rule);
  if (known) return known;
  const pattern = new RegExp(rule.regex);
  patterns.set(rule, pattern);
  return pattern;
}

/** Whether the rule holds for a name, which must be in lower case. */
export function matches(rule: Match, name: string): boolean {
  if ('equals' in rule) return name === rule.equals;
  if ('starts_with' in rule) return name.startsWith(rule.starts_with);
  if ('ends_with' in rule) return name.endsWith(rule.ends_with);
  if ('contains' in rule) return name.includes(rule.contains);
  if ('regex' in rule) return patternOf(rule).test(name);
  if ('or' in rule) return rule.or.some((part) => matches(part, name));
  return rule.and.every((part) => matches(part, name));
}
