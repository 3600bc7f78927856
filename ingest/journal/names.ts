/**
 * What the name of a segment says: `<epoch>-<number>-<bytes>-<crc32>.native`, and `-<part>of<parts>` before the suffix where several
 * segments count all or none. Version 0.1 wrote `<epoch>-<number>.native`.
 */
export interface SegmentName {
  readonly name: string;
  /** Of the process that wrote it: `<count of processes, 8 digits>-<part of the folder's id>`. */
  readonly epoch: string;
  /** Counts up by one within the epoch. */
  readonly number: number;
  /** Length and CRC-32 of the file; null in a name of version 0.1. */
  readonly content: { readonly bytes: number; readonly crc: number } | null;
  /** Which part of a group, from 0, and of how many; null where the segment stands alone. */
  readonly part: { readonly index: number; readonly count: number } | null;
}

const NAME = /^(\d{8,}-[^-.]+)-(\d{10,})(?:-(\d+)-([0-9a-f]{8})(?:-(\d+)of(\d+))?)?\.native$/;

/** Null where the name is not one of ours, or of a format that only a newer version knows. */
export function readName(name: string): SegmentName | null {
  const found = NAME.exec(name);
  if (!found) return null;
  const [, epoch, number, bytes, crc, index, count] = found;
  return {
    name,
    epoch: epoch!,
    number: Number(number),
    content: bytes === undefined ? null : { bytes: Number(bytes), crc: Number.parseInt(crc!, 16) },
    part: index === undefined ? null : { index: Number(index), count: Number(count) },
  };
}

export function writeName({ epoch, number, content, part }: Omit<SegmentName, 'name'>): string {
  const check = content ? `-${content.bytes}-${content.crc.toString(16).padStart(8, '0')}` : '';
  const group = part ? `-${part.index}of${part.count}` : '';
  return `${tokenOf(epoch, number)}${check}${group}.native`;
}

/** The deduplication token of a segment: it never changes, whatever else its name says. */
export function tokenOf(epoch: string, number: number): string {
  return `${epoch}-${String(number).padStart(10, '0')}`;
}

/** The epoch and number in a token. */
export function readToken(token: string): { epoch: string; number: number } {
  const at = token.lastIndexOf('-');
  return { epoch: token.slice(0, at), number: Number(token.slice(at + 1)) };
}

/** Order of writing. */
export function byAge(a: { epoch: string; number: number }, b: { epoch: string; number: number }): number {
  return countOf(a.epoch) - countOf(b.epoch) || (a.epoch < b.epoch ? -1 : a.epoch > b.epoch ? 1 : a.number - b.number);
}

/** The count of processes in an epoch. */
export function countOf(epoch: string): number {
  return Number.parseInt(epoch, 10);
}
