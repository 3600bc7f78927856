import { describe, expect, it } from 'vitest';
import type { Message, Task } from '../../../query/contract/index.ts';
import { makeTask } from '../testing/make.ts';
import { billOf, uncounted } from './receipts.ts';
import { messageText, storyOf } from './story.ts';
import { tickStep, ticksOf, timescaleOf } from './timescale.ts';
import { timeSplit } from './timesplit.ts';
import { ancestorsOf, initialTask, parentRow, treeOf, visibleRows } from './tree.ts';

const START = Date.UTC(2026, 10, 19, 13, 58, 4);
const at = (ms: number): string => new Date(START + ms).toISOString();
const task = (taskId: string, from: number, to: number, over: Partial<Task> = {}): Task =>
  makeTask({ taskId, startedAt: at(from), endedAt: at(to), durationMs: to - from, ...over });

const tasks = [
  task('root', 0, 10_000, { kind: 'agent', counted: false, notCountedBecause: 'usage_below', tokens: makeTask().tokens, cost: '0.02' }),
  task('search', 100, 500, { kind: 'retrieval', parentTaskId: 'root', name: 'search_kb', counted: false, tokens: noTokens(), cost: null }),
  task('call', 500, 4000, { parentTaskId: 'root' }),
  task('tool', 4000, 6000, { kind: 'tool', parentTaskId: 'root', name: 'get_order', counted: false, tokens: noTokens(), cost: null }),
  task('inner', 5000, 5500, { parentTaskId: 'tool' }),
];

function noTokens(): Task['tokens'] {
  return { input: null, output: null, cacheRead: null, cacheWrite: null, reasoning: null, total: null };
}

describe('timescale', () => {
  it('places times evenly while nothing is folded', () => {
    const scale = timescaleOf(tasks);
    expect([scale.place(START), scale.place(START + 5000), scale.place(START + 10_000)]).toEqual([0, 0.5, 1]);
    expect(scale.folds).toEqual([]);
  });

  it('folds the days between two turns', () => {
    const day = 86_400_000;
    const scale = timescaleOf([task('a', 0, 1000), task('b', day, day + 1000)]);
    expect(scale.folds).toHaveLength(1);
    expect(scale.folds[0]?.ms).toBe(day - 1000);
    expect(scale.place(START + 1000)).toBeCloseTo(0.485, 3);
    expect(scale.place(START + day)).toBeCloseTo(0.515, 3);
    expect(scale.place(START + day + 1000)).toBeCloseTo(1, 6);
  });

  it('copes with nothing and with an instant', () => {
    expect(timescaleOf([]).place(1)).toBe(0);
    expect(timescaleOf([task('a', 0, 0)]).place(START)).toBe(0);
  });

  it('marks even steps', () => {
    expect(tickStep(14_220, 8)).toBe(2000);
    expect(ticksOf(timescaleOf(tasks), 6).map(({ elapsed }) => elapsed)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
  });
});

describe('where the time went', () => {
  it('gives every instant to one part', () => {
    const split = timeSplit(tasks);
    expect(split).toEqual({ models: 4000, tools: 1900, other: 0, unaccounted: 4100, idle: 0 });
    expect(Object.values(split).reduce((a, b) => a + b, 0)).toBe(10_000);
  });
  it('keeps idle time between turns apart', () => {
    expect(timeSplit([task('a', 0, 1000), task('b', 5000, 6000)])).toMatchObject({ models: 2000, idle: 4000 });
  });
});

describe('tree', () => {
  const rows = treeOf(tasks);
  it('knows depth and children', () => {
    expect(rows.map(({ depth, hasChildren }) => [depth, hasChildren])).toEqual([
      [0, true],
      [1, false],
      [1, false],
      [1, true],
      [2, false],
    ]);
  });
  it('folds what lies below', () => {
    expect(visibleRows(rows, new Set(['tool'])).map(({ task: { taskId } }) => taskId)).toEqual(['root', 'search', 'call', 'tool']);
    expect(visibleRows(rows, new Set(['root', 'tool']))).toHaveLength(1);
  });
  it('finds the way up', () => {
    expect(parentRow(rows, 4)?.task.taskId).toBe('tool');
    expect(ancestorsOf(tasks, tasks[4]!).map(({ taskId }) => taskId)).toEqual(['tool', 'root']);
  });
  it('shows first what was asked for, what failed, what cost most', () => {
    expect(initialTask(tasks, 'tool')?.taskId).toBe('tool');
    expect(initialTask(tasks, 'gone')?.taskId).toBe('call');
    expect(initialTask([...tasks, task('bad', 0, 1, { status: 'failed' })], undefined)?.taskId).toBe('call');
    expect(initialTask([{ ...tasks[0]!, status: 'failed' }, task('bad', 0, 1, { status: 'failed' })], undefined)?.taskId).toBe('bad');
  });
  it('knows a second try', () => {
    const twice = treeOf([
      tasks[0]!,
      task('a', 0, 1, { parentTaskId: 'root', name: 'pay', status: 'failed' }),
      task('b', 2, 3, { parentTaskId: 'root', name: 'pay' }),
    ]);
    expect(twice.map(({ isRetry }) => isRetry)).toEqual([false, false, true]);
  });
});

describe('bill', () => {
  it('adds the counted calls up by model', () => {
    const bill = billOf([...tasks, task('unpriced', 0, 1, { model: 'qwen3', cost: null })]);
    expect(bill.lines.map(({ model, calls, unknownCalls }) => [model, calls, unknownCalls])).toEqual([
      ['gpt-5-mini', 2, 0],
      ['qwen3', 1, 1],
    ]);
    expect(bill).toMatchObject({ calls: 3, unknownCalls: 1, cost: 1_200_000_000n });
  });
  it('names what reported usage and is not booked', () => expect(uncounted(tasks).map(({ taskId }) => taskId)).toEqual(['root']));
});

describe('story', () => {
  const say = (role: Message['role'], parts: Message['parts'], taskId: string | null = null): Message => ({
    role,
    parts,
    taskId,
    traceId: 't',
    at: null,
    model: role === 'assistant' ? 'gpt-5-mini' : null,
  });
  const messages = [
    say('user', [{ type: 'text', text: 'Where is it?' }]),
    say(
      'assistant',
      [
        { type: 'text', text: 'Let me see.' },
        { type: 'tool_call', id: 'c1', name: 'get_order', arguments: { order: 1 } },
      ],
      'call',
    ),
    say('tool', [{ type: 'tool_result', id: 'c1', name: 'get_order', result: { ok: true } }]),
  ];
  const story = storyOf(messages, tasks);

  it('puts an answer under its call and the lookup before the answer', () => {
    expect(story.map((item) => (item.type === 'task' ? item.task.name : item.text))).toEqual(['Where is it?', 'search_kb', 'Let me see.']);
  });
  it('knows which task a call became', () => {
    const said = story[2];
    expect(said?.type === 'message' && said.calls).toEqual([
      { name: 'get_order', args: { order: 1 }, result: { ok: true }, task: tasks[3] },
    ]);
  });
  it('keeps an answer whose call is not known', () => {
    expect(storyOf([messages[2]!], [])).toMatchObject([{ text: '{"ok":true}' }]);
  });
  it('names what is no text', () => {
    expect(messageText({ parts: [{ type: 'media', mimeType: 'image/png', uri: 'data:...', bytes: 3 }] })).toBe('[image/png]');
  });
});
