import { describe, expect, it } from 'vitest';
import { axisDuration, axisTime, durationTicks, spreadLabels, tickStarts, valueTicks } from './axis.ts';

describe('axes', () => {
  it('stand on round figures', () => {
    expect(valueTicks(0.0117)).toEqual([0, 0.005, 0.01, 0.015]);
    expect(valueTicks(18.4)).toEqual([0, 5, 10, 15, 20]);
    expect(valueTicks(3, true)).toEqual([0, 1, 2, 3]);
    expect(valueTicks(0)).toEqual([0, 1]);
    expect(durationTicks(18_400)).toEqual([0, 5000, 10_000, 15_000, 20_000]);
  });
  it('keep one unit', () => {
    expect([0, 500, 1000].map(axisDuration([0, 500, 1000]))).toEqual(['0 s', '0.5 s', '1 s']);
    expect([0, 200].map(axisDuration([0, 200, 400]))).toEqual(['0 ms', '200 ms']);
    expect([0, 60_000, 120_000].map(axisDuration([0, 60_000, 120_000]))).toEqual(['0', '60.00 s', '2m']);
  });
  it('name hours, or days where there are many', () => {
    const at = Date.UTC(2026, 10, 19, 14);
    expect(axisTime([at, at + 3_600_000], 3600)(at)).toBe('14:00');
    expect(axisTime([at, at + 7 * 86_400_000], 21_600)(at)).toBe('19 Nov');
  });
  it('have a handful of labels', () => expect(tickStarts([1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([1, 3, 5, 7, 9]));
  it('move labels apart that would cover each other', () => {
    const labels = [100, 98, 20].map((y) => ({ name: String(y), text: '', y }));
    expect(spreadLabels(labels, 15, 0, 105).map(({ name, y }) => [name, y])).toEqual([
      ['20', 20],
      ['98', 90],
      ['100', 105],
    ]);
  });
});
