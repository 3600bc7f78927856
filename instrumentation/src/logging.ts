import { DiagConsoleLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import type { Logger } from './options.ts';

/**
 * Gives OpenTelemetry's `diag` somewhere to go: the logger of the caller, or the console where nobody has chosen
 * anything. Lost telemetry should not also be silent.
 */
export function connectDiag(logger: Logger | undefined): void {
  if (logger) {
    const at =
      (level: keyof Logger) =>
      (message: string, ...rest: unknown[]) =>
        logger[level]([message, ...rest].map(toLine).join(' '));
    const target = { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), verbose: at('debug') };
    diag.setLogger(target, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  } else if (!process.env.OTEL_LOG_LEVEL && !isConnected()) {
    diag.setLogger(new DiagConsoleLogger(), { logLevel: DiagLogLevel.WARN });
  }
}

function toLine(value: unknown): string {
  return value instanceof Error ? (value.stack ?? value.message) : String(value);
}

/** The API cannot be asked for its logger, but all copies of it share this registry. */
function isConnected(): boolean {
  const registry = (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')] as { diag?: unknown } | undefined;
  return registry?.diag !== undefined;
}
