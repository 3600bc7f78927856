import { Interpreter } from '../../ingest/interpret/interpret.ts';
import type { Dice } from './dice.ts';

/** Attribute keys that some dialect reads: what stands under them is looked at, everything else only stored. */
const KNOWN_KEYS: readonly string[] = (() => {
  const { keys } = new Interpreter();
  return Array.from({ length: keys.known }, (_, id) => keys.name(id));
})();
const ODD_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'a.__proto__.b',
  'constructor.prototype.x',
  '',
  'é🧾',
  'k'.repeat(256),
  'k'.repeat(257),
];
const INDEXED = ['llm.input_messages', 'llm.output_messages', 'gen_ai.prompt', 'gen_ai.completion', 'retrieval.documents'];

export function someKey(dice: Dice): string {
  if (dice.chance(0.7)) return dice.pick(KNOWN_KEYS);
  if (dice.chance(0.3)) return dice.pick(ODD_KEYS);
  if (dice.chance(0.5))
    return `${dice.pick(INDEXED)}.${dice.below(3000)}${dice.pick(['', '.role', '.message.content', '.message.tool_calls.0.id', '.0.0.0', '.__proto__.x', '..'])}`;
  return `key.${dice.below(1_000_000)}`;
}

const open = (depth: number): string => '['.repeat(depth);
const VALUES: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '12',
  '1.5',
  '1e30',
  '9007199254740993',
  '18446744073709551616',
  'NaN',
  'Infinity',
  '0x10',
  '1e-12',
  '0.12345678901234567',
  '1e12',
  `${'1'.repeat(5000)}x`,
  'true',
  'null',
  '[]',
  '{}',
  '[{"role":"user","content":"x"}]',
  '{"anthropic":{"usage":{"cache_read_input_tokens":5,"input_tokens":"7"}}}',
  '{"user_id":{"a":1},"session_id":["x"],"thread_id":null}',
  '{"cache_read":1e999,"cache_creation":-1}',
  '{"user_id":"\\ud800","__proto__":{"x":1}}',
  `${open(200)}1${']'.repeat(200)}`,
  `{"user_id":${open(20_000)}${']'.repeat(20_000)}}`,
  open(3000),
  '["a","\\',
  'chat',
  'LLM',
  'execute_tool',
  'create_agent',
  'pending_span',
  'start',
  'cancelled',
  'ai.generateText.doGenerate',
  'gpt-4o',
  'claude-sonnet-4-5-20250929',
  'openai.chat',
  'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3',
  '2026-11-22T10:00:00Z',
  '"+275760-09-13T00:00:00.000Z"',
  '-271821-04-20T00:00:00.000Z',
  'a,b,,c',
  ','.repeat(20_000),
  "' OR 1=1 --",
  '{p:String}',
  '\\N\t\n\\',
  '\0',
  'a\0b',
  '\u202e\ufeff\u{10ffff}',
  '🧾'.repeat(100),
  'x'.repeat(70_000),
  '<script>alert(1)</script>',
  '%2e%2e%2f',
];

export const someText = (dice: Dice): string => (dice.chance(0.8) ? dice.pick(VALUES) : String(dice.below(2 ** 31)));

/** Bytes that are no UTF-8: a lone continuation, a lone surrogate, overlong, cut. */
export const NO_TEXTS: readonly Buffer[] = [
  Buffer.of(0x61, 0xff),
  Buffer.of(0x80),
  Buffer.of(0xed, 0xa0, 0x80),
  Buffer.of(0xc0, 0xaf),
  Buffer.of(0xf0, 0x9f, 0xa7),
  Buffer.of(0xf8, 0x88, 0x80, 0x80, 0x80),
];

/** Numbers at which something changes: signs, widths, what a double can hold, milliseconds for nanoseconds, the year 2300. */
export const NUMBERS: readonly bigint[] = [
  0n,
  1n,
  127n,
  128n,
  255n,
  65_535n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
  1_795_341_600_000n,
  1_795_341_600_000_000n,
  1_795_341_600_000_000_000n,
  10_413_792_000_000_000_000n,
];

export const DOUBLES: readonly number[] = [
  0,
  -0,
  -1,
  0.5,
  1e-12,
  1e12,
  1e30,
  5e-324,
  1.7976931348623157e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -Infinity,
];
