import { type Ask, capital, list, steps, type Topic } from './ask.ts';

const SQL = [
  '```sql',
  'SELECT user_id, count(*) AS runs, sum(cost) AS cost',
  'FROM runs',
  'WHERE started_at >= now() - INTERVAL 30 DAY',
  'GROUP BY user_id',
  'ORDER BY cost DESC',
  'LIMIT 10;',
  '```',
].join('\n');
const PYTHON = [
  '```python',
  'def chunks(items, size):',
  '    """Yield lists of at most `size` items."""',
  '    for start in range(0, len(items), size):',
  '        yield items[start:start + size]',
  '```',
].join('\n');
const TYPESCRIPT = [
  '```ts',
  'export function debounce<A extends unknown[]>(fn: (...args: A) => void, waitMs: number) {',
  '  let timer: ReturnType<typeof setTimeout> | undefined;',
  '  return (...args: A) => {',
  '    clearTimeout(timer);',
  '    timer = setTimeout(() => fn(...args), waitMs);',
  '  };',
  '}',
  '```',
].join('\n');

const code: Topic = {
  matches: ({ text }) => /\b(code|function|script|regex|sql|query|typescript|javascript|python|debounce|bug|algorithm)\b/i.test(text),
  reply: ({ text, pick }) => {
    if (/\b(sql|query|clickhouse|postgres)\b/i.test(text)) {
      return [
        'This gives the ten users with the highest cost in the last 30 days:',
        SQL,
        'It reads only the rows of the range if the table is ordered by `started_at`. For a chart, group by `toDate(started_at)` as well.',
      ];
    }
    if (/\bpython\b/i.test(text)) {
      return [
        'A generator keeps memory flat, however long the list is:',
        PYTHON,
        'Call it as `for part in chunks(rows, 500): send(part)`. The last part may be shorter.',
      ];
    }
    return [
      pick(['A small, typed version without any dependency:', 'This is all it takes:']),
      TYPESCRIPT,
      list([
        'It keeps only the last call within `waitMs`.',
        'The types of the arguments are those of `fn`.',
        'For an immediate first call, add a `leading` flag and check `timer === undefined`.',
      ]),
      'Shall I add a test for it?',
    ];
  },
};

const mail: Topic = {
  matches: ({ text }) => /\b(e-?mail|letter|invitation|invite|announcement|apolog(?:y|ize)|cover note)\b/i.test(text),
  reply: (ask) => [
    'Here is a draft you can send as it is:',
    [
      `> **Subject:** ${capital(ask.subject.replace(/^(?:short |polite |friendly )?(?:e-?mail|letter|invitation|announcement)\s*(?:to|about|for)?\s*/i, '') || 'A short note')}`,
      '>',
      `> ${ask.pick(['Hello,', 'Hi everyone,', 'Dear all,'])}`,
      '>',
      `> ${ask.pick(['thank you for your patience over the last days.', 'I would like to keep you up to date.', 'a quick note so that nobody is surprised.'])} We have decided on the next step, and I want you to hear it from me first. Nothing is needed from you today; on Thursday I will send the details.`,
      '>',
      '> If anything is unclear, just reply to this message.',
      '>',
      '> Best regards',
    ].join('\n'),
    'I kept it under a hundred words. Say if it should be warmer or more formal.',
  ],
};

const comparison: Topic = {
  matches: ({ text }) => /\b(vs\.?|versus|compare|difference between|or rather)\b/i.test(text),
  reply: (ask) => {
    const pair = /(?:between|compare)?\s*([\p{L}\p{N}.+# -]{2,30}?)\s+(?:vs\.?|versus|and|with|or)\s+([\p{L}\p{N}.+# -]{2,30})/iu.exec(
      ask.text,
    );
    const left = capital((pair?.[1] ?? 'the first').replace(/^.*\b(?:between|compare)\s+/i, '').trim());
    const right = capital((pair?.[2] ?? 'the second').replace(/\s+(?:for|in|when|as|on)\s.*$/i, '').trim());
    return [
      `**${left}** and **${right}** solve the same problem from opposite ends:`,
      [
        `| | ${left} | ${right} |`,
        '|---|---|---|',
        '| Getting started | an afternoon | a week |',
        '| At a large scale | needs care | its home ground |',
        '| Everyday upkeep | close to none | someone should own it |',
        '| Leaving it again | easy | plan for it |',
      ].join('\n'),
      ask.pick([
        `My rule of thumb: begin with ${left}, and move to ${right} once you can name the limit you are running into.`,
        `If two people have to understand it, take ${left}; if twenty systems have to use it, take ${right}.`,
      ]),
    ];
  },
};

/** Says back what it was given: the first sentences, shortened. */
const summary: Topic = {
  matches: ({ text }) => /\b(summar(?:y|i[sz]e)|tl;?dr|key points|in short)\b/i.test(text),
  reply: ({ text, subject }) => {
    const body = text.replace(/^[^:\n]{0,80}[:\n]/, '');
    const sentences = body
      .split(/(?<=[.!?])\s+/)
      .map((sentence) => sentence.trim())
      .filter((sentence) => sentence.length > 20);
    if (sentences.length < 2)
      return [`There is not much to shorten yet: paste the text about ${subject}, and I will give you its key points.`];
    const short = (sentence: string) => (sentence.length <= 120 ? sentence : `${sentence.slice(0, 117).replace(/\s+\S*$/, '')} …`);
    return ['The key points:', list(sentences.slice(0, 5).map(short)), `In one line: ${short(sentences[0]!)}`];
  },
};

const plan: Topic = {
  matches: ({ text }) => /\b(plan|steps?|how (?:do|can|should|to)|learn|get started|improve|prepare|organi[sz]e)\b/i.test(text),
  reply: (ask: Ask) => {
    const all = [
      'Write down in one sentence what “done” means. If two people would write different sentences, settle that first.',
      'List what you already have, and what would stop you tomorrow morning. Only the second list matters now.',
      'Do the smallest version from start to end, even if every part of it is ugly.',
      'Show it to one person who will use it, and watch without explaining.',
      'Fix the one thing they stumbled over. Leave the rest for later.',
      'Put a date on the next look at it, so that it does not quietly become permanent.',
      'Keep a short log of what you decided and why; it saves the most time in week three.',
    ];
    return [
      ask.pick([`**${capital(ask.subject)}**, step by step:`, `A plan that fits on a card. **${capital(ask.subject)}:**`]),
      steps(all.slice(0, ask.pick([4, 5, 6, 7]))),
      ask.pick([
        'The step most people skip is the third.',
        'If time is short, do the first three and stop there.',
        'None of this takes longer than a week.',
      ]),
    ];
  },
};

export const work: readonly Topic[] = [summary, code, mail, comparison, plan];
