import { context, diag, propagation, trace } from '@opentelemetry/api';
import { envDetector } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** How to take the processor out again; everything it holds is flushed first. */
export type Detach = () => Promise<void>;

/** Makes spans reach the processor: through the provider the app has set up, else through one of our own. */
export function installProcessor(processor: SpanProcessor, serviceName: string | undefined): Detach | undefined {
  const existing = existingProvider();
  return existing ? attachTo(existing, processor) : startSdk(processor, serviceName);
}

function startSdk(processor: SpanProcessor, serviceName: string | undefined): Detach {
  const sdk = new NodeSDK({
    ...(serviceName !== undefined && { serviceName }),
    spanProcessors: [processor],
    // The SDK's default also tells the command line, where secrets are often found.
    ...(!process.env.OTEL_NODE_RESOURCE_DETECTORS && { resourceDetectors: [envDetector] }),
    // Spans are all we need. Left alone, the SDK would send metrics and logs as well, and to its own idea of an address.
    ...(!process.env.OTEL_METRICS_EXPORTER && { metricReaders: [] }),
    ...(!process.env.OTEL_LOGS_EXPORTER && { logRecordProcessors: [] }),
  });
  sdk.start();
  return async () => {
    await sdk.shutdown();
    // Leaves the process as it was, so that another start finds no provider that is shut down.
    trace.disable();
    context.disable();
    propagation.disable();
  };
}

function existingProvider(): object | undefined {
  const provider = trace.getTracerProvider() as Partial<{ getDelegate(): object; getDelegateTracer(name: string): unknown }>;
  if (typeof provider.getDelegateTracer !== 'function' || typeof provider.getDelegate !== 'function') return provider;
  return provider.getDelegateTracer('airuns.probe') === undefined ? undefined : provider.getDelegate();
}

/** SDK 1.x has a method for it. SDK 2.x takes processors only when it is built, but keeps them in a list of this name. */
interface OpenProvider {
  addSpanProcessor?: (processor: SpanProcessor) => void;
  _activeSpanProcessor?: { _spanProcessors?: unknown };
}

function attachTo(provider: OpenProvider, processor: SpanProcessor): Detach | undefined {
  if (typeof provider.addSpanProcessor === 'function') {
    provider.addSpanProcessor(processor);
    return () => processor.shutdown();
  }
  const list = provider._activeSpanProcessor?._spanProcessors;
  if (!Array.isArray(list)) {
    diag.error(
      'AI Runs: an OpenTelemetry provider is already registered and takes no further span processor. ' +
        'Pass aiRunsSpanProcessor() in its `spanProcessors` instead of calling startAiRuns().',
    );
    return undefined;
  }
  list.push(processor);
  return async () => {
    const at = list.indexOf(processor);
    if (at >= 0) list.splice(at, 1);
    await processor.shutdown();
  };
}
