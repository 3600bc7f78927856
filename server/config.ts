import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { StoreConfig } from '../schema/index.ts';

export interface Config {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Absolute. Holds the journal, and the embedded engine where no server is named. */
  readonly dataDir: string;
  readonly store: StoreConfig;
  readonly modelUrl?: string;
  readonly modelKey?: string;
  /** Resident memory above which senders are told to come back. */
  readonly memoryLimit?: number;
  /** What to do about a journal that is damaged. */
  readonly recovery: { readonly acceptLoss: boolean; readonly reconcile: boolean };
  /** Days to keep, by month of first booking; null = for ever. */
  readonly retention: { readonly payloadDays: number | null; readonly totalsDays: number | null };
  readonly logLevel: LogLevel;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** All that is wrong with the environment, a line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

const url = z.url({ protocol: /^https?$/, message: 'expected http(s)://...' });

const days = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, 'expected a number of days')
  .transform(Number)
  .optional();

/** An empty variable is one that is not set. */
const environment = z.object({
  PORT: z
    .string()
    .regex(/^\d+$/, 'expected a number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65535, 'expected a number from 0 to 65535')
    .default(4318),
  HOST: z.string().default('127.0.0.1'),
  AIRUNS_DATA_DIR: z.string().default('./data'),
  AIRUNS_CLICKHOUSE_URL: url
    .refine(
      (text) => !URL.canParse(text) || new URL(text).pathname.length > 1,
      'names no database: http(s)://user:password@host:8123/database',
    )
    .optional(),
  AIRUNS_MODEL_URL: url.optional(),
  AIRUNS_MODEL_KEY: z.string().optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  AIRUNS_MEMORY_LIMIT_MB: z
    .string()
    .regex(/^[1-9]\d{0,7}$/, 'expected a number of megabytes')
    .transform(Number)
    .optional(),
  AIRUNS_RETENTION_PAYLOAD_DAYS: days,
  AIRUNS_RETENTION_TOTALS_DAYS: days,
  AIRUNS_OPEN: z.enum(['0', '1']).default('0'),
  AIRUNS_ACCEPT_LOSS: z.enum(['0', '1']).default('0'),
  AIRUNS_RECONCILE: z.enum(['0', '1']).default('0'),
});

/** The configuration in `env`. Pure. Throws {@link ConfigError} with every problem at once. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const read = environment.safeParse(set);
  if (!read.success) throw new ConfigError(read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const values = read.data;
  if (!isLoopback(values.HOST) && values.AIRUNS_OPEN !== '1') {
    const why = 'everyone who reaches this port could read and write all runs, because this version knows no keys yet';
    throw new ConfigError([`HOST: ${values.HOST} is not this machine only, and ${why}; set AIRUNS_OPEN=1 if that is what you want`]);
  }
  const dataDir = resolve(values.AIRUNS_DATA_DIR);
  const clickhouse = values.AIRUNS_CLICKHOUSE_URL;
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir,
    store: clickhouse ? { engine: 'remote', url: clickhouse } : { engine: 'embedded', path: join(dataDir, 'store') },
    ...(values.AIRUNS_MODEL_URL && { modelUrl: values.AIRUNS_MODEL_URL }),
    ...(values.AIRUNS_MODEL_KEY && { modelKey: values.AIRUNS_MODEL_KEY }),
    ...(values.AIRUNS_MEMORY_LIMIT_MB && { memoryLimit: values.AIRUNS_MEMORY_LIMIT_MB * 1024 ** 2 }),
    recovery: { acceptLoss: values.AIRUNS_ACCEPT_LOSS === '1', reconcile: values.AIRUNS_RECONCILE === '1' },
    retention: retentionOf(values.AIRUNS_RETENTION_PAYLOAD_DAYS, values.AIRUNS_RETENTION_TOTALS_DAYS),
    logLevel: values.LOG_LEVEL,
  };
}

/** Tasks are never kept longer than the totals that are made of them. */
function retentionOf(payloadDays: number | undefined, totalsDays: number | undefined): Config['retention'] {
  if (payloadDays !== undefined && totalsDays !== undefined && payloadDays > totalsDays)
    throw new ConfigError(['AIRUNS_RETENTION_PAYLOAD_DAYS: must not be more than AIRUNS_RETENTION_TOTALS_DAYS']);
  return { payloadDays: payloadDays ?? totalsDays ?? null, totalsDays: totalsDays ?? null };
}

/** Whether only this machine reaches what listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
