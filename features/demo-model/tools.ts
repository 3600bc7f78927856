import type { ChatCompletionTool } from 'openai/resources/chat/completions';

export interface WantedCall {
  name: string;
  arguments: Record<string, unknown>;
}

/** Which tools the demo knows how to use, by their name: whoever offers them decides what they do. */
const USES: Readonly<Record<string, (text: string) => Record<string, unknown> | undefined>> = {
  calculator: (text) => {
    const expression = arithmeticIn(text);
    return expression === undefined ? undefined : { expression };
  },
  clock: (text) => {
    if (!/\b(what(?:’s|'s| is)? (?:the )?(?:time|date|day)|time is it|today(?:’s|'s)? date|current (?:time|date)|what day)\b/i.test(text))
      return undefined;
    const zone = Object.entries(ZONES).find(([city]) => text.toLowerCase().includes(city))?.[1];
    return zone === undefined ? {} : { timezone: zone };
  },
};

const ZONES: Readonly<Record<string, string>> = {
  berlin: 'Europe/Berlin',
  london: 'Europe/London',
  'new york': 'America/New_York',
  paris: 'Europe/Paris',
  rome: 'Europe/Rome',
  sydney: 'Australia/Sydney',
  tokyo: 'Asia/Tokyo',
};

/** The calls the text asks for, among the tools that are offered. */
export function wantedCalls(text: string, offered: readonly ChatCompletionTool[]): WantedCall[] {
  return offered.flatMap((tool) => {
    if (tool.type !== 'function') return [];
    const { name } = tool.function;
    const args = Object.hasOwn(USES, name) ? USES[name]?.(text) : undefined;
    return args === undefined ? [] : [{ name, arguments: args }];
  });
}

/** Without one of these a phone number or a date would be a sum. */
const CUE = /calculat|comput|how much|how many|what(?:’s|'s| is)|=|\d\s+[-+*/^x×÷]\s+\d|^[\s\d.,+\-*/x×÷^%()]+$/i;

/** The longest piece of the text that looks like arithmetic; "15% of 80" becomes a product. */
function arithmeticIn(text: string): string | undefined {
  const percent = /(\d+(?:\.\d+)?)\s*%\s*of\s*(\d+(?:\.\d+)?)/i.exec(text);
  if (percent) return `${percent[1]} / 100 * ${percent[2]}`;
  if (!CUE.test(text)) return undefined;
  const plain = text
    .replace(/(?<=\d)\s*[x×]\s*(?=\d)/g, ' * ')
    .replace(/÷/g, '/')
    .replace(/(?<=\d),(?=\d{3}\b)/g, '');
  const pieces = [...plain.matchAll(/[(\d-][\d\s.+\-*/^%()]*[\d)]/g)].map(([piece]) => piece.trim());
  const sums = pieces.filter((piece) => /[\d)]\s*[+\-*/^%]\s*[\d(-]/.test(piece));
  return sums.sort((a, b) => b.length - a.length)[0];
}
