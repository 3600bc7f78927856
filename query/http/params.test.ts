import { describe, expect, it } from 'vitest';
import { runListQuery } from '../runs/list.ts';
import { Refusal } from './errors.ts';
import { parseInstant } from './params.ts';
import { validate } from './validate.ts';

describe('parseInstant', () => {
  it.each([
    ['2026-11-22T12:00:00Z', 1_795_348_800_000_000_000n],
    ['2026-11-22T12:00:00.000000001Z', 1_795_348_800_000_000_001n],
    ['2026-11-22T13:30:00+01:30', 1_795_348_800_000_000_000n],
    ['1970-01-01T00:00:00Z', 0n],
  ])('reads %s', (text, want) => expect(parseInstant(text)).toBe(want));

  it.each([
    '',
    'yesterday',
    '2026-11-22',
    '2026-11-22T12:00:00',
    '2026-13-22T12:00:00Z',
    '2026-02-30T12:00:00Z',
    '2026-11-22T12:00:00.1234567890Z',
    '1969-12-31T23:59:59Z',
    '2300-01-01T00:00:00Z',
    '2026-11-22 12:00:00Z',
  ])('refuses %s', (text) => expect(parseInstant(text)).toBeUndefined());
});

describe('the query of the list of runs', () => {
  it('has defaults', () => expect(validate(runListQuery, {})).toEqual({ sort: '-startedAt', limit: 50 }));

  it('takes one value or several, and leaves commas alone', () =>
    expect(validate(runListQuery, { model: 'a,b', user: ['x', 'y'], feature: 'chat' })).toMatchObject({
      model: ['a,b'],
      user: ['x', 'y'],
      feature: ['chat'],
    }));

  it.each([
    ['an unknown parameter', { modle: 'x' }, 'unknown_parameter', 'modle'],
    ['a column of the table', { run_id: 'x' }, 'unknown_parameter', 'run_id'],
    ['an order that is not offered', { sort: 'cost; DROP TABLE runs' }, 'bad_request', 'sort'],
    ['an unknown feature', { feature: ['chat', 'poker'] }, 'bad_request', 'feature'],
    ['an amount that is none', { minCost: '1e9' }, 'bad_request', 'minCost'],
    ['a number that is none', { minTokens: '' }, 'bad_request', 'minTokens'],
    ['more than a century', { minDurationMs: '3155760000001' }, 'bad_request', 'minDurationMs'],
    ['more money than there is', { maxCost: '9'.repeat(19) }, 'bad_request', 'maxCost'],
    ['a limit out of range', { limit: '0' }, 'bad_request', 'limit'],
    ['one value too many', { limit: ['1', '2'] }, 'bad_request', 'limit'],
    ['a flag that is none', { starred: 'yes' }, 'bad_request', 'starred'],
    ['too many values', { user: Array.from({ length: 10_000 }, String) }, 'bad_request', 'user'],
  ])('refuses %s', (_name, query, code, named) => {
    const refuse = () => validate(runListQuery, query);
    expect(refuse).toThrow(Refusal);
    expect(refuse).toThrow(expect.objectContaining({ status: 400, code, message: expect.stringContaining(named) }));
  });
});
