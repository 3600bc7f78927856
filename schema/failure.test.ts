import { expect, it } from 'vitest';
import { engineError } from './failure.ts';

it.each([
  ['Code: 241. DB::Exception: memory limit exceeded', undefined, 'overloaded', 241],
  ['Code: 159. DB::Exception: Timeout exceeded', undefined, 'timeout', 159],
  ['Query was cancelled', 394, 'timeout', 394],
  ['Code: 62. DB::Exception: Syntax error', undefined, 'refused', 62],
  ['Code: 999. DB::Exception: Session expired', undefined, 'unavailable', 999],
  ['Code: 1001. DB::Exception: std::exception: No space left on device', undefined, 'unavailable', 1001],
  ['Code: 1001. DB::Exception: std::exception: bad', undefined, 'refused', 1001],
  ['something else', undefined, 'refused', undefined],
])('%s', (message, code, reason, known) => {
  expect(engineError(message, code)).toMatchObject({ name: 'StoreError', reason, code: known, message });
});
