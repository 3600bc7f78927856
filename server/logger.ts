import { type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

/** JSON lines on stdout. Secrets and prompts never get there. */
export function createLogger(level: LogLevel): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['authorization', '*.authorization', '*.headers.authorization', '*.headers.cookie', 'modelKey', '*.modelKey'],
  });
}
