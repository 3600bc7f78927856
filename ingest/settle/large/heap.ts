/**
 * A priority queue of slots that forgets lazily: what is no longer `valid` is dropped when it comes to the top. A slot may be in it more than
 * once. `before` must not change for slots that are in it; where it does, fill it anew.
 */
export class SlotHeap {
  #slots: number[] = [];
  constructor(
    private readonly before: (a: number, b: number) => boolean,
    private readonly valid: (slot: number) => boolean,
  ) {}

  clear(): void {
    this.#slots = [];
  }

  push(slot: number): void {
    const heap = this.#slots;
    let i = heap.push(slot) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!this.before(slot, heap[up]!)) break;
      heap[i] = heap[up]!;
      i = up;
    }
    heap[i] = slot;
  }

  /** The first valid slot, or -1. */
  top(): number {
    while (this.#slots.length > 0) {
      if (this.valid(this.#slots[0]!)) return this.#slots[0]!;
      this.#pop();
    }
    return -1;
  }

  #pop(): void {
    const heap = this.#slots;
    const last = heap.pop()!;
    const n = heap.length;
    if (n === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= n) break;
      if (child + 1 < n && this.before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.before(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}
