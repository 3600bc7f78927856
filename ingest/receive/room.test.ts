import { expect, it } from 'vitest';
import { Room, Share } from './room.ts';

const MB = 1024 * 1024;

function roomAt(memoryShort = () => false): { room: Room; clock: { ms: number }; body: (mb: number) => Share | null } {
  const clock = { ms: 0 };
  const room = new Room({ now: () => clock.ms, memoryShort });
  const body = (mb: number): Share | null => {
    const share = new Share(room);
    if (!room.admits(mb * MB) || !share.take(mb * MB)) return null;
    share.waits();
    return share;
  };
  return { room, clock, body };
}

/** Bodies that come at once, and how many of them got in. */
const fill = (body: (mb: number) => Share | null): Share[] => Array.from({ length: 200 }, () => body(1)).filter((share) => share !== null);

it('has room for what can be made durable within a second, and for one body more', () => {
  const { room, clock, body } = roomAt();
  const paces = [8, 40, 1000, 1];
  const limits = paces.map((mbPerSecond) => {
    for (let period = 0; period < 40; period++) {
      const shares = fill(body);
      clock.ms += (shares.length / mbPerSecond) * 1000;
      for (const share of shares) share.giveBack();
    }
    return room.limit / MB;
  });
  expect(limits[0]).toBeCloseTo(6.4, 0);
  expect(limits[1]).toBeCloseTo(32, 0);
  expect(limits.slice(2)).toEqual([96, 4]);
  expect(fill(body)).toHaveLength(4 + 1);
});

it('does not take little work for a slow pace', () => {
  const { room, clock, body } = roomAt();
  const before = room.limit;
  for (let i = 0; i < 100; i++) {
    const share = body(1)!;
    clock.ms += 1000;
    share.giveBack();
  }
  expect(room.limit).toBe(before);
});

it('is not slowed down by a sender that is: only whole bodies count for the pace', () => {
  const { room, clock, body } = roomAt();
  const slow = new Share(room);
  slow.take(10 * MB);
  const before = room.limit;
  for (let i = 0; i < 100; i++) {
    const share = body(1)!;
    clock.ms += 500;
    share.giveBack();
  }
  expect(room.limit).toBe(before);
});

it('lets in one body that is larger than the room, and the others beside it', () => {
  const { room, body } = roomAt();
  const large = new Share(room);
  expect([large.take(20 * MB), large.take(40 * MB)]).toEqual([true, true]);
  const beside = fill(body);
  expect(beside).toHaveLength(Math.floor(room.limit / MB));
  for (const share of [large, ...beside]) share.giveBack();
  expect(fill(body)).toHaveLength(beside.length + 1);
});

it('refuses while memory is short, but never the only one', () => {
  const { body } = roomAt(() => true);
  const only = body(64)!;
  expect(only).not.toBeNull();
  expect(body(1)).toBeNull();
  only.giveBack();
  expect(body(1)).not.toBeNull();
});
