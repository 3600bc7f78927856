import type { ProjectBatch, Waiting } from '../batch.ts';
import type { Draft, TextSlice } from '../draft.ts';
import type { Detail } from '../journal/block.ts';
import type { IngestResult } from '../protocol.ts';
import type { Entry } from '../settle/diff.ts';
import { Booked } from '../settle/settle.ts';

/** What of a project's batch is stored beside its entries. */
export interface Kept {
  slices: ReadonlyMap<string, TextSlice>;
  details: readonly Detail[];
  /** Log records that belong to a deleted trace. */
  refusedRecords: number;
}

/**
 * Texts are stored because a booked span or a detail refers to them, and for no other reason: what came with a span that was deleted, or was known
 * already, leaves nothing behind.
 * @param refuses is the whole trace deleted?
 */
export function keptOf(content: ProjectBatch, booked: Uint8Array, refuses: (traceId: string) => boolean): Kept {
  const details = content.details.filter((detail) => !refuses(detail.traceId));
  const refusedRecords = details.length === content.details.length ? 0 : firsts(content.details) - firsts(details);
  const all = details.length === content.details.length && booked.every((how) => how === Booked.yes);
  if (all) return { slices: content.texts.slices, details, refusedRecords };
  const slices = new Map<string, TextSlice>();
  const keep = (ref: string): void => {
    const slice = content.texts.slices.get(ref);
    if (slice) slices.set(ref, slice);
  };
  content.drafts.forEach((draft, i) => {
    if (booked[i] === Booked.yes) for (const ref of refsOf(draft)) keep(ref);
  });
  for (const detail of details) keep(detail.ref);
  return { slices, details, refusedRecords };
}

/**
 * References that rows taken back had and the rows in their place have not. They are kept as details of the span: the engine forgets a row
 * that a newer one replaced, and then only these know which texts must go when the trace is deleted.
 */
export function superseded(entries: readonly Entry[], into: Detail[]): void {
  for (let i = 0; i < entries.length; i++) {
    const { sign, row } = entries[i]!;
    const next = entries[i + 1];
    if (sign === 1 || next?.row.draft === row.draft) continue;
    const still = new Set(next ? refsOf(next.row.draft) : []);
    const { traceId, spanId } = row.draft;
    for (const ref of refsOf(row.draft))
      if (!still.has(ref)) into.push({ traceId, spanId, at: 0n, side: 'superseded', ref, place: 0, first: false });
  }
}

/** The answer to one request of a batch, with what of it belongs to something deleted. OTLP senders do not send that again. */
export function toldOf(waiting: Waiting, content: ProjectBatch, booked: Uint8Array, refuses: (traceId: string) => boolean): IngestResult {
  const { result, drafts, details } = waiting;
  if (result.outcome !== 'stored') return result;
  let refused = 0;
  for (let i = drafts[0]; i < drafts[1]; i++) {
    if (booked[i] === Booked.later) return COME_AGAIN;
    if (booked[i] === Booked.deleted) refused++;
  }
  for (let i = details[0]; i < details[1]; i++) if (content.details[i]!.first && refuses(content.details[i]!.traceId)) refused++;
  if (refused === 0) return result;
  const message = [result.message, `${refused} x it belongs to a run that was deleted`].filter(Boolean).join('; ');
  return { ...result, rejected: result.rejected + refused, message };
}

const COME_AGAIN: IngestResult = { outcome: 'busy', message: 'some of it cannot be booked yet; try again' };

const firsts = (details: readonly Detail[]): number => details.reduce((sum, { first }) => sum + Number(first), 0);

function refsOf(draft: Draft): string[] {
  const refs = [...draft.inputRefs, ...draft.outputRefs];
  if (draft.contextRef !== '') refs.push(draft.contextRef);
  return refs;
}
