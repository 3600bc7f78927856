import { parseKeyPairsIntoRecord } from '@opentelemetry/core';

/** Which kind of feature a run belongs to. */
export type Feature = 'prompt' | 'chat' | 'applet' | 'cockpit' | 'workflow' | 'custom';

/** `full`: prompts, answers, tool arguments and results are recorded. `metadata`: none of them leaves the process. */
export type CaptureContent = 'full' | 'metadata';

/** Any logger with the four usual methods, e.g. pino or console. */
export interface Logger {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

/** What spans carry when no run says otherwise. */
export interface RunDefaults {
  feature?: Feature | undefined;
  sourceId?: string | undefined;
  userId?: string | undefined;
}

/** Every option may be left out: the environment decides then, and after it the default. */
export interface AiRunsOptions {
  /** Default: `OTEL_SERVICE_NAME`, else what the OpenTelemetry SDK makes up. */
  serviceName?: string | undefined;
  /** Base address; `/v1/traces` is appended. Default: `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://127.0.0.1:4318`. */
  endpoint?: string | undefined;
  /** Sent with every export, e.g. `{ authorization: 'Bearer ...' }`. Default: `OTEL_EXPORTER_OTLP_HEADERS`. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Default: `AIRUNS_CAPTURE_CONTENT`, else `full`. */
  captureContent?: CaptureContent | undefined;
  /** Default: `AIRUNS_FEATURE`, `AIRUNS_SOURCE_ID`, `AIRUNS_USER_ID`. */
  defaults?: RunDefaults | undefined;
  /** Spans kept while the receiver is slow; more are dropped, counted and logged. Default: `OTEL_BSP_MAX_QUEUE_SIZE`, else 16384. */
  maxQueueSize?: number | undefined;
  /** Longest wait before finished spans are sent. Default: `OTEL_BSP_SCHEDULE_DELAY`, else 1000. */
  batchDelayMs?: number | undefined;
  /** Send what is left when the process ends, also on SIGTERM, SIGINT, `process.exit()` and crashes. Default: true. */
  flushOnExit?: boolean | undefined;
  /** Where warnings go. Default: OpenTelemetry's `diag` logger if one is set, else the console (warnings and errors only). */
  logger?: Logger | undefined;
}

export interface Settings {
  serviceName: string | undefined;
  tracesUrl: string;
  headers: Record<string, string>;
  compress: boolean;
  captureContent: CaptureContent;
  defaults: RunDefaults;
  maxQueueSize: number;
  batchSize: number;
  batchDelayMs: number;
  flushOnExit: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Option, then environment, then default, for each setting on its own. */
export function settingsFrom(options: AiRunsOptions = {}, env: Env = process.env): Settings {
  const maxQueueSize = whole(1, options.maxQueueSize, env.OTEL_BSP_MAX_QUEUE_SIZE) ?? 16_384;
  return {
    serviceName: options.serviceName ?? text(env.OTEL_SERVICE_NAME),
    tracesUrl: tracesUrl(options, env),
    headers: { ...(options.headers ?? headersFrom(env)) },
    compress: (text(env.OTEL_EXPORTER_OTLP_TRACES_COMPRESSION) ?? text(env.OTEL_EXPORTER_OTLP_COMPRESSION)) !== 'none',
    captureContent: options.captureContent ?? captureFrom(env),
    defaults: {
      feature: options.defaults?.feature ?? featureFrom(env),
      sourceId: options.defaults?.sourceId ?? text(env.AIRUNS_SOURCE_ID),
      userId: options.defaults?.userId ?? text(env.AIRUNS_USER_ID),
    },
    maxQueueSize,
    batchSize: Math.min(maxQueueSize, whole(1, env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE) ?? 512),
    batchDelayMs: whole(0, options.batchDelayMs, env.OTEL_BSP_SCHEDULE_DELAY) ?? 1000,
    flushOnExit: options.flushOnExit ?? true,
  };
}

/** Says what makes the settings unusable, or nothing. */
export function problemIn(settings: Settings): string | undefined {
  if (!URL.canParse(settings.tracesUrl)) return `the endpoint is not an address: ${settings.tracesUrl}`;
  const { protocol } = new URL(settings.tracesUrl);
  return protocol === 'http:' || protocol === 'https:' ? undefined : `the endpoint must be http or https: ${settings.tracesUrl}`;
}

function tracesUrl(options: AiRunsOptions, env: Env): string {
  const forTraces = text(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
  if (options.endpoint === undefined && forTraces !== undefined) return forTraces;
  const base = (options.endpoint ?? text(env.OTEL_EXPORTER_OTLP_ENDPOINT) ?? 'http://127.0.0.1:4318').replace(/\/+$/, '');
  return base.endsWith('/v1/traces') ? base : `${base}/v1/traces`;
}

function headersFrom(env: Env): Record<string, string> {
  return {
    ...parseKeyPairsIntoRecord(env.OTEL_EXPORTER_OTLP_HEADERS ?? ''),
    ...parseKeyPairsIntoRecord(env.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? ''),
  };
}

/** OpenTelemetry's own switch counts where ours is not set: who has turned content off there does not want it here. */
function captureFrom(env: Env): CaptureContent {
  const ours = text(env.AIRUNS_CAPTURE_CONTENT);
  if (ours === 'full' || ours === 'metadata') return ours;
  const theirs = text(env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT)?.toLowerCase();
  return theirs === 'false' || theirs === 'no_content' ? 'metadata' : 'full';
}

const FEATURES: ReadonlySet<string> = new Set<Feature>(['prompt', 'chat', 'applet', 'cockpit', 'workflow', 'custom']);

function featureFrom(env: Env): Feature | undefined {
  const value = text(env.AIRUNS_FEATURE);
  return value !== undefined && FEATURES.has(value) ? (value as Feature) : undefined;
}

/** An empty variable is an unset one. */
function text(value: string | undefined): string | undefined {
  return value?.trim() || undefined;
}

/** The first of the values that is a whole number of at least `min`. */
function whole(min: number, ...values: (number | string | undefined)[]): number | undefined {
  return values
    .filter((value) => value !== undefined && value !== '')
    .map(Number)
    .find((value) => Number.isSafeInteger(value) && value >= min);
}
