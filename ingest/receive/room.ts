const MB = 1024 * 1024;

/** Bodies held in memory between the socket and the disk, over all requests, however fast they are booked; and one more, of any size. */
const MAX_BYTES = 96 * MB;
/** How long a body may expect to wait behind the others. What waits longer its sender gives up and sends again, which helps nobody. */
const TARGET_SECONDS = 0.8;
/** So much is taken in whatever the pace: group commits need something to gather. */
const MIN_BYTES = 4 * MB;
/** Bytes a second, before anything was measured: low, since what is let in at once cannot be refused later. */
const FIRST_PACE = 10 * MB;
/** The pace is measured from when this much waits until nothing does, over periods of this length: little work says nothing about how much could be done. */
const BUSY_BYTES = MIN_BYTES / 2;
const PERIOD_MS = 250;
const NEWEST_WEIGHT = 0.3;

export interface RoomOptions {
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
  /** Whether the process has more memory than it should. */
  memoryShort?: () => boolean;
}

/**
 * Room for the bodies of all requests together. Only what has arrived takes room: what is announced may never come. How much there is follows
 * the pace at which bodies become durable: under overload those that are let in wait a second, and the others hear "come back" at once.
 */
export class Room {
  /** All bytes but those of the guest. */
  #taken = 0;
  /** One body at a time may be larger than the room: else a large one would never get in under load. */
  #guest: Share | null = null;
  /** Bytes of bodies that are whole and wait to become durable. */
  #waiting = 0;
  #pace = FIRST_PACE;
  /** null while it is not measured. */
  #busySince: number | null = null;
  /** What was measured since the pace was last corrected: milliseconds and bytes. */
  #busyMs = 0;
  #done = 0;
  readonly #now: () => number;
  readonly #memoryShort: () => boolean;

  constructor({ now = () => performance.now(), memoryShort = () => false }: RoomOptions = {}) {
    this.#now = now;
    this.#memoryShort = memoryShort;
  }

  /** Bytes there may be in all, but for the guest's. */
  get limit(): number {
    return Math.min(MAX_BYTES, Math.max(MIN_BYTES, this.#pace * TARGET_SECONDS));
  }

  /**
   * Whether a body of this length (0: not known) should be read at all. An empty room takes any: memory that is short stays so where the
   * process never gives it back, and must not close the door for ever.
   */
  admits(bytes: number): boolean {
    if (this.#taken === 0 && this.#guest === null) return true;
    return !this.#memoryShort() && (this.#guest === null || this.#taken + bytes <= this.limit);
  }

  /** Takes room for bytes that have arrived; false where there is none. */
  take(share: Share, bytes: number): boolean {
    if (share === this.#guest) return true;
    if (this.#taken + bytes <= this.limit) {
      this.#taken += bytes;
      return true;
    }
    if (this.#guest !== null) return false;
    this.#taken -= share.bytes;
    this.#guest = share;
    return true;
  }

  /** The share's body is whole: from here on it is our pace that counts, not its sender's. */
  waits(share: Share): void {
    this.#correct();
    this.#waiting += share.bytes;
    if (this.#waiting >= BUSY_BYTES) this.#busySince ??= this.#now();
  }

  /** Gives back all that the share took. */
  give(share: Share, waited: boolean): void {
    if (share === this.#guest) this.#guest = null;
    else this.#taken -= share.bytes;
    if (!waited) return;
    this.#waiting -= share.bytes;
    if (this.#busySince === null) return;
    this.#done += share.bytes;
    if (this.#waiting > 0) return;
    this.#busyMs += this.#now() - this.#busySince;
    this.#busySince = null;
  }

  /** Not when a body leaves: those of one group commit leave together, and the first of them must not count for all. */
  #correct(): void {
    const now = this.#now();
    const ms = this.#busyMs + (this.#busySince === null ? 0 : now - this.#busySince);
    if (ms < PERIOD_MS) return;
    this.#pace += NEWEST_WEIGHT * ((this.#done / ms) * 1000 - this.#pace);
    this.#busyMs = 0;
    this.#done = 0;
    if (this.#busySince !== null) this.#busySince = now;
  }
}

/** What one request has taken of the room. */
export class Share {
  #bytes = 0;
  #waits = false;
  constructor(private readonly room: Room) {}

  get bytes(): number {
    return this.#bytes;
  }

  take(bytes: number): boolean {
    if (!this.room.take(this, bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  waits(): void {
    this.#waits = true;
    this.room.waits(this);
  }

  giveBack(): void {
    this.room.give(this, this.#waits);
    this.#bytes = 0;
    this.#waits = false;
  }
}
