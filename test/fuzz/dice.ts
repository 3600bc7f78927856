import { random } from '../bench/payload.ts';

/** Deterministic choices: the same seed and number give the same input, whatever was made before it. */
export class Dice {
  readonly #next: () => number;
  constructor(seed: number, number: number) {
    this.#next = random((Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0);
    // Neighbouring seeds give like first numbers.
    this.#next();
  }

  /** A whole number in [0, n). */
  below(n: number): number {
    return Math.floor(this.#next() * n);
  }

  chance(p: number): boolean {
    return this.#next() < p;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  bytes(n: number): Buffer {
    return Buffer.from(Array.from({ length: n }, () => this.below(256)));
  }

  /** Small numbers often, large ones now and then. */
  size(most: number): number {
    return Math.floor(most ** this.#next()) - 1;
  }
}
