/** A task by its two ids: span ids are unique within a trace only. */
export interface TaskRef {
  traceId: string;
  taskId: string;
}

/** `<traceId>:<taskId>`, as addresses and the server write it. */
export const refText = ({ traceId, taskId }: TaskRef): string => `${traceId}:${taskId}`;

/** The task an address names: with its trace, or by its own id alone where the run has but one trace. */
export function parseRef(text: string | undefined, traceIds: readonly string[]): TaskRef | undefined {
  const [first, second] = text?.split(':') ?? [];
  if (first && second) return { traceId: first, taskId: second };
  const [trace] = traceIds;
  return first && trace && traceIds.length === 1 ? { traceId: trace, taskId: first } : undefined;
}
