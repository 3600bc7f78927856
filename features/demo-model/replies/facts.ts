import type { Topic } from './ask.ts';

/** What visitors of a demo like to ask about, by a word that gives it away. */
const FACTS: readonly [RegExp, string, string, string][] = [
  [
    /\bsky\b.*\bblue\b|\bblue\b.*\bsky\b/i,
    'The sky is blue because air scatters **short wavelengths** of light far more strongly than long ones.',
    'Sunlight contains all colours. The molecules of the air are much smaller than a wavelength of light, and such small particles scatter blue about four times as much as red (Rayleigh scattering). So blue reaches your eye from every direction, not only from the sun.',
    'In the evening the light travels a longer way through the air; most of the blue is gone by the time it arrives, and red remains.',
  ],
  [
    /\bclickhouse\b/i,
    '**ClickHouse** is a column-oriented database for analytics: it answers questions over billions of rows in well under a second.',
    'It stores each column by itself, sorted and compressed, and reads only the columns and ranges a query needs. Inserts go into immutable *parts* that are merged in the background, which is why it likes few large inserts more than many small ones.',
    'It is a poor fit for single-row updates and for transactions across tables. For totals that stay exact while rows change, one books differences instead of editing.',
  ],
  [
    /\b(open ?telemetry|otel|otlp)\b/i,
    '**OpenTelemetry** is a common language for telemetry: traces, metrics and logs, independent of who stores them.',
    'A *trace* is one request on its way through a system; it consists of *spans*, each with a start, an end, attributes and a parent. Libraries create the spans, an exporter sends them over a protocol called OTLP, and any backend that speaks it can receive them.',
    'For AI features there are conventions for model, token usage, messages and tools, all named `gen_ai.*`.',
  ],
  [
    /\b(llms?|large language models?|language models?|gpt|transformers?)\b/i,
    'A **large language model** predicts the next piece of a text, again and again, from everything before it.',
    'It has learned from a great amount of text which continuations are likely. Text is cut into *tokens*, roughly three quarters of a word each. The model reads all tokens of the conversation for every answer, which is why long conversations cost more.',
    'It does not look things up unless it is given a tool for that, and it can be wrong in a confident tone. For facts that matter, ask for sources.',
  ],
  [
    /\b(rag|retrieval[- ]augmented|vector (?:search|database)|embeddings?)\b/i,
    '**Retrieval-augmented generation** gives a model the right pages before it answers.',
    'Documents are cut into passages, and each passage is turned into a vector that stands for its meaning. For a question, the passages with the nearest vectors are fetched and put into the prompt. The model then answers from them, and can name them.',
    'Quality depends on the retrieval more than on the model: measure first whether the right passage is among the ones fetched.',
  ],
  [
    /\b(machine learning|neural net\w*|deep learning)\b/i,
    '**Machine learning** means letting a program find the rule from examples, instead of writing the rule down.',
    'One shows it inputs together with the right outputs, measures how wrong its guesses are, and changes its internal numbers a little in the direction that makes them less wrong. Repeated often enough, it does well on examples it has never seen, if they resemble those it has.',
    'The usual pitfalls: too few examples, examples that differ from reality, and testing on what it was trained with.',
  ],
  [
    /\bquantum comput\w*/i,
    'A **quantum computer** calculates with states that can be combined and made to cancel each other out.',
    'A bit is 0 or 1; a qubit is a weighted mix of both, and several qubits can be entangled, so that they have only a common state. An algorithm arranges the steps so that wrong answers cancel and right ones add up before one measures.',
    'It is not a faster computer for everything. It helps with factoring, with simulating molecules, and with some searches; today’s machines are still small and noisy.',
  ],
  [
    /\b(photosynthesis|why are (?:plants|leaves) green)\b/i,
    '**Photosynthesis** turns light, water and carbon dioxide into sugar and oxygen.',
    'In the first step chlorophyll catches light and uses its energy to split water; oxygen is set free. In the second, the Calvin cycle, that energy binds carbon dioxide into sugar, step by step, also without light.',
    'Chlorophyll uses red and blue best and reflects green, and that is the colour we see.',
  ],
  [
    /\binflation\b/i,
    '**Inflation** is when prices in general rise, so that money buys less than before.',
    'It comes from demand that grows faster than supply, from costs that rise (energy, wages, imports), or from expecting it: who expects higher prices asks for higher wages, and sets higher prices. Central banks answer with higher interest rates, which makes borrowing and spending less attractive.',
    'A little of it, about two percent a year, is usually wanted: falling prices make people wait.',
  ],
  [
    /\bblack holes?\b/i,
    'A **black hole** is a region where gravity is so strong that nothing gets out, not even light.',
    'It forms when more mass comes together than any known force can hold apart, for example when a very heavy star collapses. Its boundary is the event horizon; for the mass of the sun it would have a radius of three kilometres.',
    'From afar it pulls no more than any other body of the same mass: if the sun became one, the earth would stay in its orbit.',
  ],
  [
    /\b(kubernetes|docker|containers?)\b/i,
    '**Containers** pack a program with everything it needs; **Kubernetes** keeps many of them running on many machines.',
    'A container shares the kernel of its host but has its own files, processes and network. Kubernetes is told what should run, compares that with what does run, and closes the gap: it starts, moves and replaces containers, and spreads traffic over them.',
    'For a single program on a single machine it is more than you need. It pays off when machines fail and nobody should have to get up at night.',
  ],
];

const find = (text: string) => FACTS.find(([pattern]) => pattern.test(text));

export const facts: Topic = {
  matches: ({ text }) => find(text) !== undefined,
  reply: ({ text, pick }) => {
    const [, short = '', long = '', remark = ''] = find(text) ?? [];
    return [short, long, ...pick([[remark], [remark, 'Shall I go deeper into one of these points?']])];
  },
};
