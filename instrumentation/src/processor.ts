import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { identityAttributes, identityIn } from './identity.ts';
import type { Lane } from './lane.ts';
import { RUN } from './names.ts';
import type { RunDefaults } from './options.ts';

/**
 * Stamps the run's identity on every span that starts below it, whoever starts it, and sends finished spans off:
 * markers on a lane of their own, so that they do not wait for a batch.
 */
export class AiRunsProcessor implements SpanProcessor {
  readonly #defaults: Record<string, string>;
  readonly #spans: Lane;
  readonly #markers: Lane;

  constructor(defaults: RunDefaults, spans: Lane, markers: Lane) {
    this.#defaults = identityAttributes(defaults);
    this.#spans = spans;
    this.#markers = markers;
  }

  onStart(span: Span, parentContext: Context): void {
    const identity = identityIn(parentContext);
    const attributes = identity ? identityAttributes(identity) : this.#defaults;
    for (const [name, value] of Object.entries(attributes)) {
      if (!(name in span.attributes)) span.setAttribute(name, value);
    }
  }

  onEnd(span: ReadableSpan): void {
    (RUN.live in span.attributes ? this.#markers : this.#spans).add(span);
  }

  async forceFlush(): Promise<void> {
    await Promise.allSettled([this.#markers.flush(), this.#spans.flush()]);
  }

  async shutdown(): Promise<void> {
    await Promise.allSettled([this.#markers.close(), this.#spans.close()]);
  }
}
