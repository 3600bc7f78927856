/** What must be closed again, in the opposite order of opening. */
export class Stops {
  private readonly stops: (() => Promise<void>)[] = [];
  private running: Promise<void> | undefined;

  add(stop: () => Promise<void>): void {
    this.stops.push(stop);
  }

  /** Closes each, once, and goes on if one fails. Rejects with the first failure. */
  run(): Promise<void> {
    this.running ??= this.each();
    return this.running;
  }

  /** {@link run} for at most `ms`. Resolves to whether everything was closed by then; rejects with the first failure until then. */
  async runWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((done) => {
      timer = setTimeout(() => done(false), ms);
    });
    try {
      return await Promise.race([this.run().then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async each(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of this.stops.reverse()) await stop().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}
