import { diag } from '@opentelemetry/api';

/** Telemetry never breaks a feature: whatever goes wrong in here is logged, and the caller goes on without it. */
export function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    diag.error('AI Runs: recording failed', error);
    return undefined;
  }
}

/** JSON text of any value; undefined where there is none. A bigint becomes its digits. */
export function toJson(value: unknown): string | undefined {
  return safely(() => JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)));
}

/** A string stays as it is, anything else becomes JSON. */
export function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : toJson(value);
}

/** OpenTelemetry has no attribute without a value, our callers have many that may be missing. */
export function present<T>(attributes: Readonly<Record<string, T | undefined | null>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, T] => entry[1] !== undefined && entry[1] !== null),
  );
}
