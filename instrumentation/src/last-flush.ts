import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import type { Settings } from './options.ts';
import { toOtlpJson } from './otlp-json.ts';
import type { Outbox } from './outbox.ts';
import { withoutContent } from './redact.ts';

const WAIT_MS = 3000;
const SENT = 1;

/**
 * Runs in the worker: the request, again while the receiver asks for it, then the flag. A receiver that is not there is
 * given up at once, so that a program without one ends as fast as ever.
 */
const POST = `
const { workerData: { url, headers, body, flag } } = require('node:worker_threads');
const done = (value) => { Atomics.store(flag, 0, value); Atomics.notify(flag, 0); };
const post = () => {
  const request = require(url.startsWith('https:') ? 'node:https' : 'node:http').request(url, { method: 'POST', headers }, (answer) => {
    answer.resume();
    if ([429, 502, 503, 504].includes(answer.statusCode)) setTimeout(post, 250);
    else done(answer.statusCode < 300 ? ${SENT} : 2);
  });
  request.on('error', () => done(2));
  request.end(body);
};
post();
`;

/**
 * Sends what is in the outbox before this call returns. When a process is about to end, nothing asynchronous happens any
 * more; so a worker thread does the request while this thread waits, for a moment at most. Spans that were just on their
 * way arrive twice, which a receiver has to expect of any exporter.
 */
export function sendBeforeExit(outbox: Outbox, settings: Settings): void {
  const spans = outbox.waiting();
  if (spans.length === 0) return;
  const json = toOtlpJson(settings.captureContent === 'metadata' ? spans.map(withoutContent) : spans);
  const flag = new Int32Array(new SharedArrayBuffer(4));
  new Worker(POST, {
    eval: true,
    // The process may run with loaders; the worker needs none of them.
    execArgv: [],
    env: {},
    workerData: {
      url: settings.tracesUrl,
      headers: { ...settings.headers, 'content-type': 'application/json', ...(settings.compress && { 'content-encoding': 'gzip' }) },
      body: settings.compress ? gzipSync(json) : json,
      flag,
    },
  });
  Atomics.wait(flag, 0, 0, WAIT_MS);
  outbox.settle(spans, Atomics.load(flag, 0) === SENT ? undefined : new Error('no answer while the process was ending'));
  outbox.report();
}
