import { z } from 'zod';
import type { TaskDetail } from '../contract/index.ts';
import { isObject, parseJson } from '../messages/value.ts';
import { instant, storedTime } from '../values.ts';

const NOTES: readonly [bit: number, note: string][] = [
  [1, 'the sender gave a time that cannot be; it was set within range'],
  [2, 'a value was too long and was cut'],
  [4, 'the sender dropped attributes'],
  [8, 'its usage is a sum made by the sender: the calls themselves were not sent'],
  [16, 'a figure was out of range and is unknown'],
  [32, 'its parent has not arrived'],
  [64, 'its parents form a circle, which was cut here'],
];

/** What is odd about the data of a task, in words. */
export function notesOf(flags: number): string[] {
  return NOTES.flatMap(([bit, note]) => ((flags & bit) === 0 ? [] : [note]));
}

const attributes = z.record(z.string(), z.unknown()).catch({});
const event = z.object({ name: z.string(), at: z.string().regex(/^\d{1,19}$/), attributes });
const link = z.object({ traceId: z.string(), spanId: z.string(), attributes });

/** Events as stored: a JSON list with nanoseconds as text. */
export function eventsOf(stored: string): TaskDetail['events'] {
  return items(stored, event).map(({ name, at, attributes }) => ({ name, at: instant(storedTime(BigInt(at))), attributes }));
}

export function linksOf(stored: string): TaskDetail['links'] {
  return items(stored, link);
}

function items<S extends z.ZodType>(stored: string, shape: S): z.output<S>[] {
  const list = parseJson(stored);
  return Array.isArray(list) ? list.flatMap((item) => (isObject(item) ? (shape.safeParse(item).data ?? []) : [])) : [];
}

const sender = z.object({
  resource: attributes,
  scope: z
    .object({ name: z.string().catch(''), version: z.string().catch(''), attributes })
    .catch({ name: '', version: '', attributes: {} }),
});

/** Resource and instrumentation scope as stored; null where none was kept. */
export function senderOf(stored: string | undefined): TaskDetail['sender'] {
  return stored === undefined ? null : (sender.safeParse(parseJson(stored)).data ?? null);
}
