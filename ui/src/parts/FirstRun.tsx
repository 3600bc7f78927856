import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { errorMessage } from '../api/client.ts';
import { loadSamples } from '../api/runs.ts';
import { copyText } from './CopyId.tsx';
import { Icon } from './Icon.tsx';

function snippet(): string {
  return [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}`,
    'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    'node your-app.js',
  ].join('\n');
}

/** A model call of this very moment, as a command to paste. */
function oneCall(origin: string): string {
  const attributes = [
    ['gen_ai.operation.name', { stringValue: 'chat' }],
    ['gen_ai.provider.name', { stringValue: 'openai' }],
    ['gen_ai.request.model', { stringValue: 'gpt-4o-mini' }],
    ['gen_ai.usage.input_tokens', { intValue: 120 }],
    ['gen_ai.usage.output_tokens', { intValue: 34 }],
  ].map(([key, value]) => ({ key, value }));
  const span = { traceId: 'TRACE', spanId: 'SPAN', name: 'hello', startTimeUnixNano: 'START', endTimeUnixNano: 'END', attributes };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
    .replace('TRACE', `'$(openssl rand -hex 16)'`)
    .replace('SPAN', `'$(openssl rand -hex 8)'`)
    .replace('START', `'$(date +%s)000000000'`)
    .replace('END', `'$(date +%s)750000000'`);
  return `curl ${origin}/v1/traces -H 'content-type: application/json' -d '${body}'`;
}

/** Before there is any data: one sentence, what to copy, and samples to look around with. */
export function FirstRun() {
  const client = useQueryClient();
  const samples = useMutation({
    mutationFn: loadSamples,
    onSuccess: () => client.invalidateQueries(),
    onError: (error) => notifications.show({ color: 'red', title: 'The samples could not be loaded', message: errorMessage(error) }),
  });
  const text = snippet();
  return (
    <section className="empty" aria-label="No runs yet">
      <h2>No runs yet</h2>
      <p>Point any OpenTelemetry SDK at this address, or send a test call from a shell. The first run shows up here within a second.</p>
      <pre>{text}</pre>
      <div className="row-of">
        <button type="button" className="btn primary" onClick={() => copyText(text, 'the settings')}>
          <Icon name="copy" small />
          Copy
        </button>
        <button
          type="button"
          className="btn"
          onClick={() => copyText(oneCall(location.origin), 'a curl command that sends one model call')}
        >
          Copy a test call
        </button>
        <button type="button" className="btn" disabled={samples.isPending} aria-busy={samples.isPending} onClick={() => samples.mutate()}>
          {samples.isPending ? 'Booking sample runs' : 'Load sample data'}
        </button>
        {samples.isPending && <progress className="progress" aria-label="Loading sample data" />}
      </div>
    </section>
  );
}
