import { expect, it } from 'vitest';
import { shifted } from './samples.ts';

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
