import { type Scrubbed, type Store, scrubOnce } from '../../schema/index.ts';
import type { Loader } from './loader.ts';

/** How often a piece of the books is recounted. */
const EVERY_MS = 5 * 60_000;

/** Recounts pieces of the books in the background, one at a time, for as long as the process lives. */
export class Scrubber {
  #checked = 0;
  #mismatches = 0;
  #running: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly store: Store,
    private readonly loader: Loader,
    private readonly onWrong: (message: string) => void,
    private readonly onTrouble: (message: string) => void,
    everyMs = EVERY_MS,
  ) {
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.pass());
    }, everyMs);
    this.#timer.unref();
  }

  /** One recount. A store that is in trouble is left alone: the next pass comes. */
  async pass(): Promise<void> {
    // While the store is behind it has better things to do.
    if (this.loader.queued > 1) return;
    const exclusive = <T>(run: () => Promise<T>): Promise<T> => this.loader.exclusive(run);
    const scrub = (): Promise<Scrubbed> => scrubOnce(this.store, { random: Math.random, exclusive, now: Date.now() });
    const done = await this.loader.alone(scrub).catch((error: unknown) => {
      this.onTrouble(`nothing was recounted this time: ${String(error)}`);
      return null;
    });
    if (!done) return;
    this.#checked += done.checked;
    this.#mismatches += done.wrong.length;
    for (const line of done.wrong) this.onWrong(line);
  }

  stats(): { scrubChecked: number; scrubMismatches: number } {
    return { scrubChecked: this.#checked, scrubMismatches: this.#mismatches };
  }

  /** Starts no further pass. Resolves when the one under way is over. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    return this.#running;
  }
}
