import { describe, expect, it } from 'vitest';
import { subjectOf } from './ask.ts';
import { replyTo, replyWithResults } from './index.ts';

const reply = (text: string, earlier: string[] = [], instructions = '') => replyTo(text, earlier, instructions);

describe('replies', () => {
  it('are the same for the same question', () => {
    for (const text of ['Plan a 3 day trip to Lisbon', 'Why is the sky blue?', 'Zebras?']) expect(reply(text)).toBe(reply(text));
  });

  it.each([
    ['Plan a 3 day trip to Lisbon', ['3 days in Lisbon', '**Day 3:**']],
    ['Compare Postgres and ClickHouse for analytics', ['| | Postgres | ClickHouse |']],
    ['Why is the sky blue?', ['short wavelengths']],
    ['Write an email to my landlord about the heating', ['**Subject:** My landlord about the heating']],
    ['Write SQL for the top users', ['```sql']],
    ['How do I learn Spanish?', ['**Learn Spanish']],
    ['Summarize: The first sentence is long enough. The second sentence is, too.', ['- The first sentence is long enough.']],
    ['Tell me about zebras', ['**zebras**', 'AIRUNS_MODEL_URL']],
    ['hello', ['?']],
  ])('say something about: %s', (text, wanted) => {
    for (const want of wanted) expect(reply(text)).toContain(want);
  });

  it('know what was said before', () => {
    const earlier = ['My name is Zoë', 'How do I learn Go?'];
    expect(reply('What have I asked so far?', earlier)).toContain('- Learn Go');
    expect(reply('Do you remember my name?', earlier)).toBe('Your name is **Zoë**.');
  });

  it('are short when told to be', () => {
    expect(reply('Why is the sky blue? One sentence.')).not.toContain('\n');
    expect(reply('Why is the sky blue?', [], 'Be concise.')).not.toContain('\n');
  });

  it('tell what tools found, or that they failed', () => {
    expect(replyWithResults(['{"result":42}'])).toBe('The answer is **42**.');
    expect(replyWithResults(['{"result":42}', 'noon'])).toContain('- **noon**');
    expect(replyWithResults(['{"error":"division by zero"}'])).toContain('division by zero');
  });

  it.each([
    ['Can you please tell me about the history of Rome?', 'history of Rome'],
    ["What's a monad?", 'monad'],
    ['?', 'that'],
  ])('find the subject of %s', (text, want) => {
    expect(subjectOf(text)).toBe(want);
  });
});
