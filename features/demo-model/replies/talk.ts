import { type Ask, capital, list, subjectOf, type Topic } from './ask.ts';

const greeting: Topic = {
  matches: ({ text }) => /^(?:hi|hello|hey|good (?:morning|afternoon|evening))\b[^?]{0,20}$/i.test(text),
  reply: ({ pick }) => [
    pick(['Hello! What are you working on?', 'Hi there! What can I do for you?']),
    'I can plan, draft, compare and explain things, write a bit of code, and calculate: try *“calculate 17.5% of 240”*.',
  ],
};

const thanks: Topic = {
  matches: ({ text }) => /^(?:thanks?|thank you|great|perfect|cool|nice)\b.{0,30}$/i.test(text),
  reply: ({ pick }) => [pick(['You are welcome! Anything else?', 'Glad it helped. I am here if something comes up.', 'Any time!'])],
};

/** Shows that a conversation which is taken up again is really known. */
const memory: Topic = {
  matches: ({ text, earlier }) =>
    earlier.length > 0 &&
    /\b(remember|so far|earlier|my name|(?:did|have) (?:i|we) (?:ask|talk|say|said)|first question|last question)\b/i.test(text),
  reply: ({ text, earlier }) => {
    const name = earlier.map((said) => /\bmy name is (\p{L}+)/iu.exec(said)?.[1]).findLast((found) => found !== undefined);
    if (/\bmy name\b/i.test(text)) return [name ? `Your name is **${name}**.` : 'You have not told me your name yet.'];
    return [
      `So far you have asked me ${earlier.length === 1 ? 'one thing' : `${earlier.length} things`}:`,
      list(earlier.slice(-8).map((said) => capital(subjectOf(said)))),
      'Which one shall we go on with?',
    ];
  },
};

const books: Topic = {
  matches: ({ text }) => /\b(ai runs|tokens?|llm costs?|cost of (?:a|the) (?:call|model|chat)|time to first token)\b/i.test(text),
  reply: () => [
    'Every answer you get here is written down as a **run**: one line for this conversation, and below it a **task** for each request to the model and each tool it used.',
    list([
      'Input tokens include everything said before, because the model reads the whole conversation each time.',
      'What it has read before counts as *cached* from the second message on, and costs less.',
      'The receipt of a task shows which tokens were charged at which rate, and since when that rate is in force.',
    ]),
    'Open this chat’s run to see it for this very message.',
  ],
};

/** Honest about its limits: the demo knows little, and says where more is to be had. */
const honest = (ask: Ask): string[] => [
  ask.pick([
    `I am the demo model that comes with AI Runs, and I have no prepared answer about **${ask.subject}**. This is how I would look into it:`,
    `About **${ask.subject}** I know too little to be of use: I am only the built-in demo. A way to find out:`,
  ]),
  list(
    [
      '**Start from the decision.** What will you do differently once you know? That tells you how exact the answer has to be.',
      '**Look for the primary source:** the specification, the paper, the person who made it. Everything else is somebody’s summary.',
      '**Work through one small example by hand** before you trust a general rule.',
      '**Ask what would prove it wrong,** and look for exactly that.',
    ].slice(0, ask.pick([2, 3, 4])),
  ),
  ask.pick([
    'I can do better with plans, drafts, comparisons, recipes, a bit of code, and arithmetic.',
    'Try me with a plan for a trip, a comparison of two things, an e-mail, or *“calculate 17.5% of 240”*.',
  ]),
  'For real answers, set `AIRUNS_MODEL_URL` to any OpenAI-compatible endpoint.',
];

/** Matches everything, so it comes last. */
export const fallback: Topic = { matches: () => true, reply: honest };
export const talk: readonly Topic[] = [greeting, thanks, memory, books];
