import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Marker } from '../interpret/interpret.ts';
import type { Touched } from '../protocol.ts';
import { Live, type LiveEvent } from './live.ts';

const MINUTE = 60_000;
const START = 1_795_341_600_000_000_000n;

const marker = (id: string, over: Partial<Marker> = {}): Marker => ({
  runId: `run ${id}`,
  traceId: id,
  name: 'mine',
  feature: 'chat',
  sourceId: '',
  userId: 'u',
  sessionId: '',
  startedAt: START,
  ...over,
});
const touched = (id: string, over: Partial<Touched> = {}): Touched => ({
  runId: `run ${id}`,
  traceId: id,
  tasks: 3,
  isNew: false,
  finished: false,
  ...over,
});

let live: Live;
let events: LiveEvent[];
const heard = (): string[] => events.map(({ type, runId }) => `${type} ${runId}`);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_795_341_601_000 });
  live = new Live();
  events = [];
  live.subscribe((event) => events.push(event));
});
afterEach(() => vi.useRealTimers());

describe('a run that announced itself', () => {
  it('is shown until it has ended', () => {
    live.marked([marker('a')]);
    expect(live.runs()).toEqual([
      {
        runId: 'run a',
        name: 'mine',
        feature: 'chat',
        sourceId: null,
        userId: 'u',
        sessionId: null,
        traceId: 'a',
        startedAt: '2026-11-22T10:00:00.000000000Z',
        lastSignalAt: '2026-11-22T10:00:01.000Z',
      },
    ]);
    live.touched([touched('a')]);
    expect(live.runs()).toHaveLength(1);
    live.touched([touched('a', { finished: true })]);
    expect(live.runs()).toEqual([]);
    expect(heard()).toEqual(['run.started run a', 'run.updated run a', 'run.finished run a']);
  });

  it('is announced once, however often it beats', () => {
    live.marked([marker('a'), marker('a')]);
    live.marked([marker('a')]);
    expect(heard()).toEqual(['run.started run a']);
  });

  it('is started once, by its marker or by its first span', () => {
    live.marked([marker('a')]);
    live.touched([touched('a', { isNew: true }), touched('b', { isNew: true })]);
    expect(heard()).toEqual(['run.started run a', 'run.updated run a', 'run.started run b']);
  });

  it.each<[string, Partial<Marker>, object]>([
    ['an unknown feature', { feature: 'other' }, { feature: 'custom' }],
    ['no start that can be used', { startedAt: 5n }, { startedAt: '2026-11-22T10:00:01.000Z' }],
    ['a start far off', { startedAt: 2n ** 64n - 1n }, { startedAt: '2026-11-22T10:00:01.000Z' }],
  ])('with %s', (_name, over, want) => {
    live.marked([marker('a', over)]);
    expect(live.runs()).toMatchObject([want]);
  });
});

describe('a run without a sign of life', () => {
  it('is forgotten after five minutes, and one that beats is not', () => {
    live.marked([marker('a'), marker('b'), marker('c')]);
    vi.advanceTimersByTime(4 * MINUTE);
    live.marked([marker('b')]);
    live.touched([touched('c')]);
    vi.advanceTimersByTime(2 * MINUTE);
    expect(live.runs().map(({ traceId }) => traceId)).toEqual(['b', 'c']);
  });

  it('does not keep the place of another, though nobody looks', () => {
    live.marked(Array.from({ length: 10_000 }, (_, i) => marker(`${i}`)));
    live.marked([marker('too many')]);
    expect(live.runs()).toHaveLength(10_000);
    vi.advanceTimersByTime(6 * MINUTE);
    live.marked([marker('later')]);
    expect(live.runs().map(({ traceId }) => traceId)).toEqual(['later']);
  });
});

describe('listeners', () => {
  it('that have gone hear nothing, also where they go while they are told', () => {
    const late: string[] = [];
    const stop = live.subscribe(({ runId }) => {
      late.push(runId);
      stop();
    });
    live.marked([marker('a'), marker('b')]);
    expect(late).toEqual(['run a']);
    expect(heard()).toHaveLength(2);
  });

  it('that fail do not keep the others from hearing', () => {
    const others: string[] = [];
    live.subscribe(() => {
      throw new Error('the socket is closed');
    });
    live.subscribe(({ runId }) => others.push(runId));
    live.marked([marker('a')]);
    expect(others).toEqual(['run a']);
  });
});
