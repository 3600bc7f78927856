import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSamples, shifted } from './samples.ts';

it.each([
  ['text', '{"startTimeUnixNano":"1795345416316000001"}', '{"startTimeUnixNano":"1795345416316000002"}'],
  ['a number, exactly', '{"endTimeUnixNano": 1795345416316000001}', '{"endTimeUnixNano": 1795345416316000002}'],
  ['events and records', '{"timeUnixNano":"5","observedTimeUnixNano":"6"}', '{"timeUnixNano":"6","observedTimeUnixNano":"7"}'],
  ['a time that is not set', '{"endTimeUnixNano":"0"}', '{"endTimeUnixNano":"0"}'],
  ['JSON inside a text', '{"stringValue":"{\\"timeUnixNano\\":\\"5\\"}"}', '{"stringValue":"{\\"timeUnixNano\\":\\"5\\"}"}'],
  ['other numbers', '{"intValue":"1795345416316000001"}', '{"intValue":"1795345416316000001"}'],
])('moves times and nothing else: %s', (_name, json, want) => {
  expect(shifted(json, 1n)).toBe(want);
});

it.each([
  ['never', undefined, 2],
  ['once, and ended before it was noted', '', 2],
  ['once', '{"loadedAt":1}', 1],
])('are dated by their first load, which was begun %s', async (_name, noted, loadedAt) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'airuns-samples-'));
  const directory = join(dataDir, 'captures');
  await mkdir(directory);
  if (noted !== undefined) await writeFile(join(dataDir, 'samples.json'), noted);
  await loadSamples({ url: 'http://127.0.0.1:1', directory, dataDir, now: () => 2 });
  expect(JSON.parse(await readFile(join(dataDir, 'samples.json'), 'utf8'))).toEqual({ loadedAt });
  await rm(dataDir, { recursive: true });
});
