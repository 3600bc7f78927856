import { context, propagation, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { useSettings } from '../src/current.ts';
import { Lane } from '../src/lane.ts';
import { type AiRunsOptions, settingsFrom } from '../src/options.ts';
import { AiRunsProcessor } from '../src/processor.ts';

/** Our processor in a real SDK, with the wire replaced by memory. */
export class Recorder {
  readonly #memory = new InMemorySpanExporter();
  readonly #processor: AiRunsProcessor;
  readonly #sdk: NodeSDK;

  constructor(options: AiRunsOptions = {}) {
    const settings = settingsFrom(options, {});
    useSettings(settings);
    const lane = new Lane(this.#memory, { capacity: 1000, batchSize: 100, delayMs: 0, warn: () => {} });
    this.#processor = new AiRunsProcessor(settings.defaults, lane, lane);
    this.#sdk = new NodeSDK({
      spanProcessors: [this.#processor],
      metricReaders: [],
      logRecordProcessors: [],
      autoDetectResources: false,
    });
    this.#sdk.start();
  }

  /** Everything that has ended, markers too. */
  async all(): Promise<ReadableSpan[]> {
    await this.#processor.forceFlush();
    return this.#memory.getFinishedSpans();
  }

  /** Everything that has ended, by name, without markers. */
  async spans(): Promise<Record<string, ReadableSpan>> {
    const spans = (await this.all()).filter((span) => !('airuns.live' in span.attributes));
    return Object.fromEntries(spans.map((span) => [span.name, span]));
  }

  async stop(): Promise<void> {
    await this.#sdk.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  }
}
