import type { Forest } from './forest.ts';
import { Bit, KIND, larger, type Spans } from './spans.ts';

/**
 * Which calls are views of another call, and which spans have usage below them: two counters a span, kept by adding and taking away what a span
 * contributes to the ones above it. A counter that was not zero before stops the walk up.
 */
export class Calls {
  /** Of a call: calls of its kind directly below it (with nothing but `other` between) that have usage in them. */
  inner = new Int32Array(0);
  /** Children with usage of a call in them. */
  below = new Int32Array(0);

  constructor(
    private readonly spans: Spans,
    private readonly forest: Forest,
    private readonly touch: (slot: number) => void,
  ) {}

  get bytes(): number {
    return this.inner.length * 8;
  }

  fit(): void {
    const size = this.forest.cut.length;
    if (this.inner.length >= size) return;
    this.inner = larger(this.inner, size);
    this.below = larger(this.below, size);
  }

  reset(): void {
    this.fit();
    this.inner.fill(0);
    this.below.fill(0);
  }

  isCall(slot: number): boolean {
    const kind = this.spans.kind(slot);
    return kind === KIND.llm || kind === KIND.embedding;
  }

  /** The call of the same kind around it, or -1. */
  outer(slot: number): number {
    const ai = this.forest.ai[slot]!;
    return ai >= 0 && this.isCall(slot) && this.spans.kind(ai) === this.spans.kind(slot) ? ai : -1;
  }

  /** A call that is no view of another one; which of several with one response id counts is not said here. */
  stands(slot: number): boolean {
    return this.inner[slot] === 0 && (this.spans.is(slot, Bit.usage) || this.outer(slot) < 0);
  }

  /** What the span says to the spans above it, once all it says is in its place. */
  add(slot: number): void {
    this.addInner(slot);
    if (this.#says(slot)) this.#addBelow(this.forest.up(slot));
  }

  /** Takes back what {@link add} said. */
  remove(slot: number): void {
    this.removeInner(slot);
    if (this.#says(slot)) this.#removeBelow(this.forest.up(slot));
  }

  addInner(slot: number): void {
    if (!this.#hasUsageIn(slot)) return;
    for (let at = this.outer(slot); at >= 0; at = this.outer(at)) {
      if (this.inner[at]!++ > 0) return;
      this.touch(at);
      if (this.spans.is(at, Bit.usage)) return;
    }
  }

  removeInner(slot: number): void {
    if (!this.#hasUsageIn(slot)) return;
    for (let at = this.outer(slot); at >= 0; at = this.outer(at)) {
      if (--this.inner[at]! > 0) return;
      this.touch(at);
      if (this.spans.is(at, Bit.usage)) return;
    }
  }

  #hasUsageIn(slot: number): boolean {
    return this.inner[slot]! > 0 || (this.isCall(slot) && this.spans.is(slot, Bit.usage));
  }

  #says(slot: number): boolean {
    return this.below[slot]! > 0 || (this.isCall(slot) && this.spans.is(slot, Bit.usage));
  }

  #addBelow(from: number): void {
    for (let at = from; at >= 0; at = this.forest.up(at)) {
      if (this.below[at]!++ > 0) return;
      this.#flipped(at);
      if (this.isCall(at) && this.spans.is(at, Bit.usage)) return;
    }
  }

  #removeBelow(from: number): void {
    for (let at = from; at >= 0; at = this.forest.up(at)) {
      if (--this.below[at]! > 0) return;
      this.#flipped(at);
      if (this.isCall(at) && this.spans.is(at, Bit.usage)) return;
    }
  }

  /** A span with usage of its own stands for all below it only as long as no call with usage is there. */
  #flipped(slot: number): void {
    this.touch(slot);
    if (!this.spans.is(slot, Bit.present) || !this.forest.bears('usage', slot)) return;
    this.forest.visit(slot, (at) => {
      if (!this.forest.bears('usage', at)) return false;
      this.touch(at);
      return true;
    });
  }
}
