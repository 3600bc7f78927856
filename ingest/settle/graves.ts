import { getOrCreate } from '../collections.ts';

/**
 * Traces that were deleted, and single runs of traces that hold several: what comes of them again is refused. A trace takes 16 bytes in a table
 * that is at most half full. Exact, project by project: no id of one project can hide a trace of another.
 */
export class Graves {
  readonly #traces = new Map<string, IdSet>();
  readonly #runs = new Map<string, Set<string>>();

  bury(project: string, traceId: string, runId?: string): void {
    if (runId === undefined) getOrCreate(this.#traces, project, () => new IdSet()).add(traceId);
    else getOrCreate(this.#runs, `${project}\n${traceId}`, () => new Set<string>()).add(runId);
  }

  /** The whole trace is buried. */
  holds(project: string, traceId: string): boolean {
    return this.#traces.get(project)?.has(traceId) ?? false;
  }

  /** Runs buried of a trace that holds others, too. */
  runsOf(project: string, traceId: string): ReadonlySet<string> | undefined {
    return this.#runs.size === 0 ? undefined : this.#runs.get(`${project}\n${traceId}`);
  }
}

const WORDS = 4;

/** A set of 32-digit hex ids, open addressing over their words. The id of zeros, which names no trace, marks a free place. */
class IdSet {
  #words = new Uint32Array(64 * WORDS);
  #size = 0;

  add(id: string): void {
    if ((this.#size + 1) * 2 * WORDS > this.#words.length) this.#grow();
    const word = wordsOf(id);
    const at = this.#find(word);
    if (!isFree(this.#words, at)) return;
    this.#words.set(word, at);
    this.#size++;
  }

  has(id: string): boolean {
    return !isFree(this.#words, this.#find(wordsOf(id)));
  }

  /** Where the id stands, or the free place where it belongs. */
  #find(id: Uint32Array): number {
    const words = this.#words;
    const places = words.length / WORDS;
    let at = hash(id) & (places - 1);
    for (; ; at = (at + 1) & (places - 1)) {
      const w = at * WORDS;
      if (isFree(words, w)) return w;
      if (words[w] === id[0] && words[w + 1] === id[1] && words[w + 2] === id[2] && words[w + 3] === id[3]) return w;
    }
  }

  #grow(): void {
    const old = this.#words;
    this.#words = new Uint32Array(old.length * 2);
    for (let w = 0; w < old.length; w += WORDS) {
      if (isFree(old, w)) continue;
      const id = old.subarray(w, w + WORDS);
      this.#words.set(id, this.#find(id));
    }
  }
}

const isFree = (words: Uint32Array, at: number): boolean => (words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) === 0;

function wordsOf(id: string): Uint32Array {
  const words = new Uint32Array(WORDS);
  for (let i = 0; i < WORDS; i++) words[i] = Number.parseInt(id.slice(i * 8, i * 8 + 8), 16);
  return words;
}

/** Trace ids need not be random: every word is mixed. */
function hash(id: Uint32Array): number {
  let h = 0x9e3779b9;
  for (let i = 0; i < WORDS; i++) {
    h = Math.imul(h ^ id[i]!, 0xcc9e2d51);
    h ^= h >>> 15;
  }
  return (Math.imul(h, 0x85ebca6b) >>> 0) ^ (h >>> 13);
}
