import { describe, expect, it } from 'vitest';
import { lengthField } from '../../test/support/otlp-wire.ts';
import { WireWriter } from './writer.ts';

describe('a message', () => {
  it('is whole whatever its length, also where it ends with the buffer', () => {
    for (let size = 0; size < 2100; size++) {
      const text = 'x'.repeat(size);
      const w = new WireWriter(0);
      w.message(1, () => w.message(2, () => w.string(3, text, true)));
      w.string(4, 'behind');
      const inner = lengthField(3, text);
      expect(w.done().equals(Buffer.concat([lengthField(1, lengthField(2, inner)), lengthField(4, 'behind')])), `${size} bytes`).toBe(true);
    }
  });

  it.each([127, 128, 16_383, 16_384, 2_097_151, 2_097_152])('of %d bytes has a length of its own width', (size) => {
    const w = new WireWriter(0);
    w.message(1, () => w.bytes(1, Buffer.alloc(size - 1 - (size > 16_386 ? 3 : size > 129 ? 2 : 1))));
    const inner = lengthField(1, Buffer.alloc(size - 1 - (size > 16_386 ? 3 : size > 129 ? 2 : 1)));
    expect(w.done().equals(lengthField(1, inner))).toBe(true);
  });
});
