import { diag } from '@opentelemetry/api';
import { NoopSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace';
import { useSettings } from './current.ts';
import { flushWhenLeaving } from './exit.ts';
import { createExporter } from './exporter.ts';
import { Lane } from './lane.ts';
import { sendBeforeExit } from './last-flush.ts';
import { connectDiag } from './logging.ts';
import { type AiRunsOptions, problemIn, type Settings, settingsFrom } from './options.ts';
import type { ExportStats, Outbox } from './outbox.ts';
import { AiRunsProcessor } from './processor.ts';
import { installProcessor } from './provider.ts';
import { safely } from './safely.ts';

/** What `startAiRuns()` gives back. None of it ever throws or rejects. */
export interface AiRuns {
  /** Sends what has ended so far; resolves when the receiver has answered, or the spans are counted as dropped. */
  flush(): Promise<void>;
  /** Flushes, then stops recording. Await it before `process.exit()`. */
  shutdown(): Promise<void>;
  /** Spans exported, pending and dropped so far. */
  stats(): ExportStats;
}

let running: AiRuns | undefined;

/**
 * Starts sending runs. Call it once, before the app's first `run()`; a second call returns the first one's handle.
 *
 * @example
 * const aiRuns = startAiRuns({ serviceName: 'shop', defaults: { feature: 'chat' } });
 * // ... at the very end:
 * await aiRuns.shutdown();
 */
export function startAiRuns(options: AiRunsOptions = {}): AiRuns {
  if (running) {
    diag.warn('AI Runs: started already; the options of this second call are ignored');
    return running;
  }
  running = safely(() => start(options)) ?? IDLE;
  return running;
}

/**
 * The processor alone, for an app that builds its own OpenTelemetry provider:
 * `new NodeSDK({ spanProcessors: [aiRunsSpanProcessor(), ...] })`. The provider flushes it and shuts it down.
 */
export function aiRunsSpanProcessor(options: AiRunsOptions = {}): SpanProcessor {
  const settings = usableSettings(options);
  return (settings && safely(() => build(settings).processor)) ?? new NoopSpanProcessor();
}

const NOTHING_SENT: ExportStats = { exported: 0, pending: 0, dropped: { queueFull: 0, exportFailed: 0 } };
const IDLE: AiRuns = {
  flush: async () => {},
  shutdown: async () => {
    running = undefined;
  },
  stats: () => NOTHING_SENT,
};

/** Below the exporter's shortest pause before a second try: a hint is not worth keeping a finished program for. */
const MARKER_TIMEOUT_MS = 750;

function build(settings: Settings): { processor: AiRunsProcessor; outbox: Outbox } {
  useSettings(settings);
  const { maxQueueSize: capacity, batchSize, batchDelayMs: delayMs } = settings;
  const spans = new Lane(createExporter(settings), { capacity, batchSize, delayMs, warn: (message) => diag.warn(message) });
  // No delay, and still one request at a time: a thousand runs that start together are a few requests, not a thousand.
  const hints = { capacity, batchSize, delayMs: 0, warn: () => {} };
  const markers = new Lane(createExporter(settings, MARKER_TIMEOUT_MS), hints);
  return { processor: new AiRunsProcessor(settings.defaults, spans, markers), outbox: spans.outbox };
}

function usableSettings(options: AiRunsOptions): Settings | undefined {
  connectDiag(options.logger);
  const settings = settingsFrom(options);
  const problem = problemIn(settings);
  if (problem === undefined) return settings;
  diag.error(`AI Runs: not started, ${problem}`);
  return undefined;
}

function start(options: AiRunsOptions): AiRuns {
  const settings = usableSettings(options);
  if (!settings) return IDLE;
  const { processor, outbox } = build(settings);
  const detach = installProcessor(processor, settings.serviceName);
  if (!detach) return IDLE;

  const flush = () => processor.forceFlush().catch((error) => diag.error('AI Runs: flush failed', error));
  const flushNow = () => safely(() => sendBeforeExit(outbox, settings));
  const leave = settings.flushOnExit ? flushWhenLeaving(flushNow) : () => {};
  const stop = async () => {
    await detach().catch((error) => diag.error('AI Runs: shutdown failed', error));
    leave();
    running = undefined;
  };
  let stopping: Promise<void> | undefined;
  return {
    flush,
    stats: () => outbox.stats(),
    shutdown: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
