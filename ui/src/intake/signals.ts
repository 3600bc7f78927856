/** What OpenTelemetry sends, and what is counted of each. */
const SIGNALS: Readonly<Record<string, { name: string; counted: string }>> = {
  traces: { name: 'Traces', counted: 'spans' },
  logs: { name: 'Logs', counted: 'records' },
  metrics: { name: 'Metrics', counted: 'groups' },
};

export const signalName = (signal: string): string => SIGNALS[signal]?.name ?? signal;

/** What is counted of a signal: `spans`. */
export const countedOf = (signal: string): string => SIGNALS[signal]?.counted ?? 'items';
