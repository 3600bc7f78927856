export interface FacetItem {
  value: string;
  count: number;
}

/** A closed list of values in its own order, those without runs included, so that the list does not jump. */
export function inOrder(values: readonly string[], items: readonly FacetItem[]): FacetItem[] {
  const counts = new Map(items.map(({ value, count }) => [value, count]));
  return values.map((value) => ({ value, count: counts.get(value) ?? 0 }));
}

/** An open list, busiest first, with what is ticked in it even when no run has it. */
export function withTicked(items: readonly FacetItem[], ticked: readonly string[] | undefined): FacetItem[] {
  const present = new Set(items.map(({ value }) => value));
  const absent = (ticked ?? []).filter((value) => !present.has(value)).map((value) => ({ value, count: 0 }));
  return [...absent, ...items];
}
