import { MAX_NESTING } from '../count.ts';
import type { Calls } from './calls.ts';
import type { Forest } from './forest.ts';
import { Bit, KIND, larger, type Spans } from './spans.ts';

/**
 * Calls of one response id are one call: the one with usage, then the inner, then the first. Groups are linked lists over the spans; a group is
 * weighed anew only where more than its first member can have changed.
 */
export class Responses {
  /** 1 where the span stands in the list of its response id. */
  member = new Int32Array(0);
  #next = new Int32Array(0);
  #prev = new Int32Array(0);
  /** By number of the response id: the list, and who counts. */
  #head = new Int32Array(0);
  #winner = new Int32Array(0);
  /** Ids with more than one member. */
  readonly #contested = new Set<number>();
  readonly #doubtful = new Set<number>();

  constructor(
    private readonly spans: Spans,
    private readonly forest: Forest,
    private readonly calls: Calls,
    private readonly touch: (slot: number) => void,
  ) {}

  get bytes(): number {
    return this.member.length * 12 + this.#head.length * 8;
  }

  fit(): void {
    if (this.member.length < this.forest.cut.length) {
      this.member = larger(this.member, this.forest.cut.length);
      this.#next = larger(this.#next, this.forest.cut.length);
      this.#prev = larger(this.#prev, this.forest.cut.length);
    }
    const ids = this.spans.strings.size;
    if (this.#head.length >= ids) return;
    const size = Math.ceil(ids * 1.5);
    const from = this.#head.length;
    this.#head = larger(this.#head, size).fill(-1, from);
    this.#winner = larger(this.#winner, size).fill(-1, from);
  }

  reset(): void {
    this.fit();
    this.member.fill(0);
    this.#head.fill(-1);
    this.#winner.fill(-1);
    this.#contested.clear();
    this.#doubtful.clear();
  }

  get contested(): boolean {
    return this.#contested.size > 0;
  }

  /** Another span of the same response id counts. */
  loses(slot: number): boolean {
    return this.member[slot] === 1 && this.#winner[this.spans.response[slot]!] !== slot;
  }

  /** To be called before the response id of a span changes, and for what is no longer there. */
  leave(slot: number): void {
    if (!this.member[slot]) return;
    const id = this.spans.response[slot]!;
    this.member[slot] = 0;
    const [prev, next] = [this.#prev[slot]!, this.#next[slot]!];
    if (prev < 0) this.#head[id] = next;
    else this.#next[prev] = next;
    if (next >= 0) this.#prev[next] = prev;
    this.touch(slot);
    this.#doubtful.add(id);
  }

  /** Puts the span where it belongs now. */
  place(slot: number): void {
    const { spans, calls } = this;
    const belongs = spans.kind(slot) === KIND.llm && spans.response[slot] !== 0 && spans.is(slot, Bit.present) && calls.stands(slot);
    if (!belongs) this.leave(slot);
    else if (!this.member[slot]) this.#join(slot);
  }

  /** What the span says of itself changed, or spans around it came: whether it counts must be weighed anew. */
  doubt(slot: number): void {
    if (this.member[slot]) this.#doubtful.add(this.spans.response[slot]!);
  }

  #join(slot: number): void {
    const id = this.spans.response[slot]!;
    const winner = this.#winner[id]!;
    const alone = this.#head[id]! < 0;
    this.member[slot] = 1;
    const next = this.#head[id]!;
    this.#prev[slot] = -1;
    this.#next[slot] = next;
    if (next >= 0) this.#prev[next] = slot;
    this.#head[id] = slot;
    this.touch(slot);
    if (alone) this.#count(id, slot);
    else {
      this.#contested.add(id);
      if (this.#doubtful.has(id)) return;
      if (this.forest.hasChildren(slot) || this.#hasAncestor(slot) || this.#hasAncestor(winner)) this.#doubtful.add(id);
      else {
        // Neither is within another member, so the winner is simply the first of those with usage.
        if (this.#isFirst(slot, winner)) this.#count(id, slot);
      }
    }
  }

  #count(id: number, slot: number): void {
    const before = this.#winner[id]!;
    if (before === slot) return;
    this.#winner[id] = slot;
    if (before >= 0) this.touch(before);
    if (slot >= 0) this.touch(slot);
  }

  #usage(slot: number): boolean {
    return this.spans.is(slot, Bit.usage);
  }

  /** Is it within another member of its list? */
  #hasAncestor(slot: number): boolean {
    const id = this.spans.response[slot];
    for (let at = this.forest.ai[slot]!, n = 0; at >= 0 && n < MAX_NESTING; at = this.forest.ai[at]!, n++) {
      if (this.member[at] && this.spans.response[at] === id) return true;
    }
    return false;
  }

  #isWithin(slot: number, outer: number): boolean {
    for (let at = this.forest.ai[slot]!, n = 0; at >= 0 && n < MAX_NESTING; at = this.forest.ai[at]!, n++) if (at === outer) return true;
    return false;
  }

  /** Weighs every list that is in doubt: who loses or begins to count is touched, and nobody else. */
  settle(): void {
    for (const id of this.#doubtful) {
      const head = this.#head[id]!;
      if (head < 0 || this.#next[head]! < 0) this.#contested.delete(id);
      let best = head;
      for (let at = head; at >= 0; at = this.#next[at]!) if (this.#isFirst(at, best)) best = at;
      // Only what hangs below the first can be within it.
      this.#count(id, best >= 0 && this.forest.hasChildren(best) ? this.#innermost(id, best) : best);
    }
    this.#doubtful.clear();
  }

  /** Those with usage before those without, else in start order. */
  #isFirst(slot: number, rival: number): boolean {
    const usage = this.#usage(slot);
    return usage !== this.#usage(rival) ? usage : this.spans.before(slot, rival);
  }

  /** From the first of them on, each that is within the one before. */
  #innermost(id: number, first: number): number {
    const equals: number[] = [];
    for (let at = this.#head[id]!; at >= 0; at = this.#next[at]!) if (this.#usage(at) === this.#usage(first)) equals.push(at);
    equals.sort((a, b) => (this.spans.before(a, b) ? -1 : 1));
    let best = first;
    for (const slot of equals) if (slot !== best && this.#isWithin(slot, best)) best = slot;
    return best;
  }
}
