import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Receiver } from '../../instrumentation/testing/receiver.ts';

const README = readFileSync(new URL('../../instrumentation/README.md', import.meta.url), 'utf8');
const EXAMPLES = [...README.matchAll(/```js\n(.*?)```/gs)].map((match) => match[1] ?? '');

let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(() => receiver.close());

/** What each example prints, and the spans it sends. */
const WANT = [
  { stdout: 'Hello, Zoë!\n', spans: ['write greeting', 'Greet a visitor'] },
  { stdout: 'Once upon a time', spans: ['story', 'Tell a story'] },
  { stdout: 'true true\n', spans: ['Plan a trip', 'Plan a trip'] },
  { stdout: '', spans: ['Nightly report'] },
];

it('has the examples that are checked here', () => expect(EXAMPLES).toHaveLength(WANT.length));

it.each(WANT)('example %# runs', async ({ stdout, spans }) => {
  const index = WANT.findIndex((want) => want.spans === spans);
  const flags = ['--conditions=airuns-source', '--import', 'tsx', '--input-type=module'];
  const env = {
    PATH: process.env.PATH,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  };
  const child = spawn(process.execPath, [...flags, '--eval', EXAMPLES[index]!], { env });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  child.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(printed).toBe(stdout);
  expect(receiver.tasks.map((span) => span.name)).toEqual(spans);
});
