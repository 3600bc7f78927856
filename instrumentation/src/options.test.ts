import { describe, expect, it } from 'vitest';
import { type AiRunsOptions, problemIn, settingsFrom } from './options.ts';

const DEFAULTS = {
  serviceName: undefined,
  tracesUrl: 'http://127.0.0.1:4318/v1/traces',
  headers: {},
  compress: true,
  captureContent: 'full',
  defaults: { feature: undefined, sourceId: undefined, userId: undefined },
  maxQueueSize: 16_384,
  batchSize: 512,
  batchDelayMs: 1000,
  flushOnExit: true,
};

const ENV = {
  OTEL_SERVICE_NAME: 'from-env',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'https://env.example/otlp/',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20k,x-a=1',
  OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
  AIRUNS_CAPTURE_CONTENT: 'metadata',
  AIRUNS_FEATURE: 'applet',
  AIRUNS_SOURCE_ID: 's',
  AIRUNS_USER_ID: 'u',
  OTEL_BSP_MAX_QUEUE_SIZE: '100',
  OTEL_BSP_SCHEDULE_DELAY: '0',
};

describe('settings', () => {
  it('are the defaults when nothing is said', () => {
    expect(settingsFrom(undefined, {})).toEqual(DEFAULTS);
  });

  it('come from the environment when called with nothing', () => {
    expect(settingsFrom(undefined, ENV)).toEqual({
      ...DEFAULTS,
      serviceName: 'from-env',
      tracesUrl: 'https://env.example/otlp/v1/traces',
      headers: { authorization: 'Bearer k', 'x-a': '1' },
      compress: false,
      captureContent: 'metadata',
      defaults: { feature: 'applet', sourceId: 's', userId: 'u' },
      maxQueueSize: 100,
      batchSize: 100,
      batchDelayMs: 0,
    });
  });

  it('follow the options before the environment, each on its own', () => {
    const options: AiRunsOptions = {
      serviceName: 'mine',
      endpoint: 'http://mine:1',
      headers: { a: 'b' },
      captureContent: 'full',
      defaults: { feature: 'chat' },
      maxQueueSize: 7,
      batchDelayMs: 5,
      flushOnExit: false,
    };
    expect(settingsFrom(options, ENV)).toMatchObject({
      serviceName: 'mine',
      tracesUrl: 'http://mine:1/v1/traces',
      headers: { a: 'b' },
      captureContent: 'full',
      defaults: { feature: 'chat', sourceId: 's', userId: 'u' },
      maxQueueSize: 7,
      batchDelayMs: 5,
      flushOnExit: false,
    });
  });

  it.each([
    ['an address with the path is kept', { endpoint: 'http://h/v1/traces' }, {}, 'http://h/v1/traces'],
    ["the traces' own variable is a whole address", {}, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://h/in' }, 'http://h/in'],
    ['an empty variable is unset', {}, { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, DEFAULTS.tracesUrl],
  ])('%s', (_name, options, env, want) => {
    expect(settingsFrom(options, env).tracesUrl).toBe(want);
  });

  it.each([
    [{ AIRUNS_FEATURE: 'nonsense' }, { defaults: DEFAULTS.defaults }],
    [
      { OTEL_BSP_MAX_QUEUE_SIZE: '-1', OTEL_BSP_SCHEDULE_DELAY: 'soon' },
      { maxQueueSize: 16_384, batchDelayMs: 1000 },
    ],
    [{ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'false' }, { captureContent: 'metadata' }],
    [{ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' }, { captureContent: 'metadata' }],
    [{ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'false', AIRUNS_CAPTURE_CONTENT: 'full' }, { captureContent: 'full' }],
  ])('%o', (env, want) => {
    expect(settingsFrom({}, env)).toMatchObject(want);
  });

  it.each([
    ['http://127.0.0.1:4318', undefined],
    ['nowhere', 'the endpoint is not an address: nowhere/v1/traces'],
    ['ftp://h', 'the endpoint must be http or https: ftp://h/v1/traces'],
  ])('with the endpoint %s are usable or say why not', (endpoint, want) => {
    expect(problemIn(settingsFrom({ endpoint }, {}))).toBe(want);
  });
});
