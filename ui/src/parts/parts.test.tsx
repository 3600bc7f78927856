import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider, useSuspenseQuery } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { theme } from '../app/theme.ts';
import { Amount, ExactAmount } from './Amount.tsx';
import { Chip } from './Chip.tsx';
import Markdown from './Markdown.tsx';
import { Panel } from './Panel.tsx';
import { Segmented } from './Segmented.tsx';

const show = (children: ReactNode) =>
  render(
    <MantineProvider env="test" theme={theme}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>{children}</QueryClientProvider>
    </MantineProvider>,
  );

afterEach(() => vi.restoreAllMocks());

it('says unknown, and why, to keyboards too', async () => {
  show(<Amount amount={null} why="No price for qwen3." />);
  await userEvent.tab();
  expect(screen.getByText('unknown')).toHaveFocus();
  expect(await screen.findByRole('tooltip')).toHaveTextContent('No price for qwen3.');
});

it('marks a sum that leaves calls out', () => {
  show(<Amount amount="0.5" missing={2} why="2 calls" />);
  expect(screen.getByText(/\$0\.5000/)).toHaveTextContent('$0.5000+ 2 calls without an amount');
});

it('writes a partly known sum out', () => {
  const { container } = show(<Amount amount="214.33" missing={486} why="486 calls" inWords />);
  expect(container).toHaveTextContent('$214.33 + 486 calls without an amount');
});

it('hides the zeros that only line up from readers', () => {
  const { container } = show(<ExactAmount value={10_100_000_000n} places={8} />);
  expect(container.querySelector('[aria-hidden]')).toHaveTextContent('0000');
  expect(container).toHaveTextContent('$0.01010000');
});

it('leaves the rest of the page standing when a panel fails, and tries again', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const ask = vi.fn().mockRejectedValueOnce(new Error('The query ran past 10 s.')).mockResolvedValue('all is well');
  const Fragile = () => useSuspenseQuery({ queryKey: ['fragile'], queryFn: ask }).data as string;
  show(
    <>
      <Panel what="This chart">
        <Fragile />
      </Panel>
      <p>the rest</p>
    </>,
  );
  expect(await screen.findByRole('alert')).toHaveTextContent('This chart could not be loaded. The query ran past 10 s.');
  expect(screen.getByText('the rest')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
  expect(await screen.findByText('all is well')).toBeVisible();
});

it('says which choice is pressed', async () => {
  const choose = vi.fn();
  const options = [
    { value: 'cost', label: 'Cost' },
    { value: 'tokens', label: 'Tokens' },
  ] as const;
  show(<Segmented label="Measure" options={options} value="cost" onChange={choose} />);
  expect(screen.getByRole('button', { pressed: true })).toHaveTextContent('Cost');
  await userEvent.click(screen.getByRole('button', { name: 'Tokens' }));
  expect(choose).toHaveBeenCalledWith('tokens');
});

it('lifts a filter', async () => {
  const lift = vi.fn();
  show(<Chip label="status failed" onRemove={lift} />);
  await userEvent.click(screen.getByRole('button', { name: 'Remove filter status failed' }));
  expect(lift).toHaveBeenCalledOnce();
});

it('renders what a model says without letting it do anything', () => {
  const { container } = show(
    <Markdown
      text={'**Hi** <script>alert(1)</script> ![spy](https://evil.example/x.png) [run](javascript:alert(1)) [ok](https://ok.example)'}
    />,
  );
  expect(container.querySelector('strong')).toHaveTextContent('Hi');
  expect(container.querySelector('script, img')).toBeNull();
  expect(container).toHaveTextContent('[image spy, https://evil.example/x.png]');
  expect(screen.getByText('run')).not.toHaveAttribute('href', expect.stringContaining('javascript'));
  expect(screen.getByRole('link', { name: 'ok' })).toHaveAttribute('rel', 'noopener noreferrer nofollow');
});
