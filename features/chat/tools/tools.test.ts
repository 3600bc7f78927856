import { describe, expect, it } from 'vitest';
import { readClock } from './clock.ts';
import { TOOL_DEFINITIONS, useTool } from './index.ts';

describe('tools', () => {
  it('are offered with a schema that models accept', () => {
    expect(TOOL_DEFINITIONS.map((tool) => tool.function.name)).toEqual(['calculator', 'clock']);
    expect(TOOL_DEFINITIONS[0]?.function.parameters).toMatchObject({
      type: 'object',
      properties: { expression: { type: 'string' } },
      required: ['expression'],
      additionalProperties: false,
    });
  });

  it('are used with what a model wrote', () => {
    expect(useTool('calculator', '{"expression":"6*7"}')).toEqual({ result: 42 });
    expect(useTool('clock', '')).toMatchObject({ timezone: 'UTC' });
  });

  it.each([
    ['calculator', '{"expression":', 'the arguments are not valid JSON'],
    ['calculator', '{"formula":"1"}', 'wrong arguments'],
    ['calculator', '{"expression":"1/0"}', 'division by zero'],
    ['clock', '{"timezone":"Mars/Base"}', 'no time zone called "Mars/Base"'],
    ['toString', '{}', 'no tool called "toString"'],
  ])('%s refuses %s', (name, args, want) => {
    expect(() => useTool(name, args)).toThrow(want);
  });

  it('tell the time where it was asked for', () => {
    const noon = new Date('2026-11-22T12:00:00Z');
    expect(readClock(undefined, noon)).toEqual({ time: 'Sunday, 2026-11-22 12:00', timezone: 'UTC' });
    expect(readClock('Asia/Tokyo', noon)).toEqual({ time: 'Sunday, 2026-11-22 21:00', timezone: 'Asia/Tokyo' });
  });
});
