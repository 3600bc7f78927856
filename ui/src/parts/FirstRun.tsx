import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { errorMessage } from '../api/client.ts';
import { loadSamples } from '../api/runs.ts';
import { copyText } from './CopyId.tsx';
import { Icon } from './Icon.tsx';

function snippet(): string {
  return [
    `npm install @ai-runs/instrumentation`,
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}`,
    'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
  ].join('\n');
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
      <p>
        Point any OpenTelemetry SDK at this address, or instrument a feature with our package. The first run shows up here within a second.
      </p>
      <pre>{text}</pre>
      <div className="row-of">
        <button type="button" className="btn primary" onClick={() => copyText(text, 'the settings')}>
          <Icon name="copy" small />
          Copy
        </button>
        <button type="button" className="btn" disabled={samples.isPending} aria-busy={samples.isPending} onClick={() => samples.mutate()}>
          {samples.isPending ? 'Booking sample runs' : 'Load sample data'}
        </button>
        {samples.isPending && <progress className="progress" aria-label="Loading sample data" />}
      </div>
    </section>
  );
}
