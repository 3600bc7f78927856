/** What is asked, in the form the topics work with. */
export interface Ask {
  text: string;
  /** What it is about, without "can you tell me" and the like. */
  subject: string;
  /** The user's messages before this one. */
  earlier: readonly string[];
  /** One of the items, always the same one for the same question. */
  pick<T>(items: readonly T[]): T;
}

/** A topic the demo has something to say about: paragraphs of markdown. */
export interface Topic {
  matches(ask: Ask): boolean;
  reply(ask: Ask): string[];
}

export function toAsk(text: string, earlier: readonly string[]): Ask {
  const clean = text.replace(/\[\[[^\]]*\]\]/g, ' ').trim();
  const seed = hash(clean);
  let picks = 0;
  const pick = <T>(items: readonly T[]): T => items[(seed + 7 * picks++) % items.length] as T;
  return { text: clean, subject: subjectOf(clean), earlier, pick };
}

const LEAD_IN = new RegExp(
  `^(?:${[
    'please|hey|hi|hello|so|and|ok(?:ay)?|well|now|then|but',
    '(?:can|could|would|will) you|i (?:want|need|would like) (?:you )?to|i am|help me(?: to| with)?|let us|tell me|show me|give me|explain|describe|write|make',
    "what(?:’s|'s| is| are| was| does)?|who (?:is|are|was)|when (?:is|was|did)|where (?:is|are)|which|why(?: is| are| do| does)?",
    'how (?:do|does|can|should|would|to)(?: i| we| you)?|how|do|does|is|are|about|for|me|us|my|our|a|an|the|some|of',
  ].join('|')})[\\s,:]+`,
  'i',
);

export function subjectOf(text: string): string {
  let rest = (text.split(/[?!\n]|\.\s/)[0] ?? '').trim();
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(LEAD_IN, '');
  }
  const short = rest.length <= 60 ? rest : rest.slice(0, 60).replace(/\s+\S*$/, '');
  return short.replace(/[\s.,;:]+$/, '') || 'that';
}

/** FNV-1a: small, and the same everywhere. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value;
}

export const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
export const steps = (items: readonly string[]): string => items.map((item, index) => `${index + 1}. ${item}`).join('\n');
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
