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

  private async each(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of this.stops.reverse()) await stop().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}
