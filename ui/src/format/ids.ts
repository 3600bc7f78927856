/** An id shortened in the middle: both ends stay, since people compare by either. */
export function shortId(id: string, head = 6, tail = 4): string {
  return id.length <= head + tail + 2 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`;
}

/** A model's name without the date its provider hangs on, for narrow columns: `claude-sonnet-4-5-20250929` is known by its front. */
export function shortModel(model: string): string {
  return model.replace(/^.*\//, '').replace(/[-@](\d{8}|\d{4}-\d{2}-\d{2})$/, '');
}

/** Names of models without their dates; where that makes two alike, with the end of the date. */
export function modelLabels(models: readonly string[]): (value: string) => string {
  const uses = new Map<string, number>();
  for (const model of models) uses.set(shortModel(model), (uses.get(shortModel(model)) ?? 0) + 1);
  return (value) => {
    const short = shortModel(value);
    if (short === value || uses.get(short) === 1) return short;
    return `${short.replace(/^claude-/, '')} ${value.replace(/\D/g, '').slice(-4)}`;
  };
}
