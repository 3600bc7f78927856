import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Campaign } from './campaign.ts';
import { Mill } from './mill.ts';
import { regressions } from './regressions.ts';

/** AIRUNS_FUZZ_SEED repeats a run; `npm run fuzz` makes longer ones. */
const SEED = Number(process.env.AIRUNS_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const INPUTS = 4000;

describe('case 6: an input that once did harm', () => {
  let mill: Mill;
  beforeAll(async () => {
    mill = await Mill.open();
  });
  afterAll(() => mill.close());

  it.each(regressions().map(({ name, input }) => [name, input] as const))('does none any more: %s', async (_name, input) => {
    expect(await mill.harmOf(input)).toBeNull();
  });
});

describe('case 6: fresh inputs', () => {
  it('are taken or refused in both encodings, the store takes what we take, and the server lives on', async () => {
    const lines: string[] = [];
    const print = (line: string): void => {
      lines.push(line);
      console.log(line);
    };
    const harm = await new Campaign({
      inputs: INPUTS,
      seed: SEED,
      encodings: ['protobuf', 'json'],
      seconds: 0,
      http: 0.04,
      asked: 20,
      print,
    }).run();
    expect([harm, lines.filter((line) => /^(FOUND|WRONG)/.test(line))]).toEqual([0, []]);
  });
});
