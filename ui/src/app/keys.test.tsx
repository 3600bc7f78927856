import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { type KeyMap, useKeys } from './keys.ts';

function Listener({ keys }: { keys: KeyMap }) {
  useKeys(keys);
  return null;
}

it('takes the second key of a pair for nothing else', async () => {
  const [go, open] = [vi.fn(), vi.fn()];
  render(
    <>
      <Listener keys={{ o: open }} />
      <Listener keys={{ 'g o': go }} />
    </>,
  );
  await userEvent.keyboard('go');
  expect([go.mock.calls.length, open.mock.calls.length]).toEqual([1, 0]);
  await userEvent.keyboard('o');
  expect(open).toHaveBeenCalledOnce();
});

it('lets the part of the page that came last answer a key that two asked for', async () => {
  const [outer, inner] = [vi.fn(), vi.fn()];
  const { rerender } = render(<Listener key="outer" keys={{ j: outer }} />);
  rerender(
    <>
      <Listener key="outer" keys={{ j: outer }} />
      <Listener key="inner" keys={{ j: inner }} />
    </>,
  );
  await userEvent.keyboard('j');
  expect([outer.mock.calls.length, inner.mock.calls.length]).toEqual([0, 1]);
});

it('leaves keys to whoever writes', async () => {
  const jump = vi.fn();
  const { getByRole } = render(
    <>
      <Listener keys={{ j: jump }} />
      <input />
    </>,
  );
  getByRole('textbox').focus();
  await userEvent.keyboard('j');
  expect(jump).not.toHaveBeenCalled();
});
