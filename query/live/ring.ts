import type { LiveEvent } from '../contract/index.ts';

export interface Numbered {
  /** Rises by one with each event; unique to this start of the program together with its epoch. */
  readonly id: string;
  readonly event: LiveEvent;
}

/** The newest events with their ids, so that a reader who was cut off goes on where it was. */
export class Ring {
  private readonly kept: Numbered[] = [];
  private count = 0;

  /**
   * @param epoch tells the ids of this start from those of an earlier one
   * @param size events kept
   */
  constructor(
    private readonly epoch: string,
    private readonly size: number,
  ) {}

  add(event: LiveEvent): Numbered {
    const numbered = { id: `${this.epoch}-${++this.count}`, event };
    this.kept.push(numbered);
    if (this.kept.length > this.size) this.kept.shift();
    return numbered;
  }

  /** Events after the one with this id; undefined where some of them are gone, or the id is not ours. */
  after(id: string): Numbered[] | undefined {
    const [, epoch, seen] = /^(\w+)-(\d{1,15})$/.exec(id) ?? [];
    const missed = this.count - Number(seen);
    if (epoch !== this.epoch || missed < 0) return undefined;
    return missed > this.kept.length ? undefined : this.kept.slice(this.kept.length - missed);
  }
}
