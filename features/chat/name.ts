const MAX = 60;

/** A name for a conversation, from its first message: one line, no markup, cut at a word. */
export function nameFrom(message: string): string {
  const line = message
    .replace(/```[\s\S]*?```/g, ' ')
    .replace(/\[\[[^\]]*\]\]/g, ' ')
    .replace(/[#*_`>~|]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (!line) return 'New chat';
  if (line.length <= MAX) return line;
  const cut = line.slice(0, MAX);
  // Text without blanks is cut where it has to be.
  const atWord = cut.replace(/\s+\S*$/, '');
  return `${atWord.replace(/[\s,;:.-]+$/, '')}…`;
}
