import type { ProjectBatch, Waiting } from '../batch.ts';
import type { Draft, TextSlice } from '../draft.ts';
import type { Detail } from '../journal/block.ts';
import type { IngestResult } from '../protocol.ts';
import { Booked } from '../settle/booked.ts';
import type { Entry } from '../settle/diff.ts';

/** What of a project's batch is stored beside its entries. */
export interface Kept {
  slices: ReadonlyMap<string, TextSlice>;
  details: readonly Detail[];
  /** Details of what is deleted. */
  refused: ReadonlySet<Detail>;
  /** Log records among them. */
  refusedRecords: number;
}

/**
 * Texts are stored because a booked span or a detail refers to them, and for no other reason: what came with a span that was deleted, or was known
 * already, leaves nothing behind.
 * @param isGone is the span of the detail deleted, alone or with its trace?
 */
export function keptOf(content: ProjectBatch, booked: Uint8Array, isGone: (detail: Detail) => boolean): Kept {
  const goneNow = new Set(content.drafts.filter((_, i) => booked[i] === Booked.deleted).map(spanOf));
  const refused = new Set(content.details.filter((detail) => goneNow.has(spanOf(detail)) || isGone(detail)));
  const details = refused.size === 0 ? content.details : content.details.filter((detail) => !refused.has(detail));
  const refusedRecords = firsts([...refused]);
  if (refused.size === 0 && booked.every((how) => how === Booked.yes))
    return { slices: content.texts.slices, details, refused, refusedRecords };
  const slices = new Map<string, TextSlice>();
  const keep = (ref: string): void => {
    const slice = content.texts.slices.get(ref);
    if (slice) slices.set(ref, slice);
  };
  content.drafts.forEach((draft, i) => {
    if (booked[i] === Booked.yes) for (const ref of refsOf(draft)) keep(ref);
  });
  for (const detail of details) keep(detail.ref);
  return { slices, details, refused, refusedRecords };
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
export function toldOf(waiting: Waiting, content: ProjectBatch, booked: Uint8Array, kept: Pick<Kept, 'refused'>): IngestResult {
  const { result, drafts, details } = waiting;
  if (result.outcome !== 'stored') return result;
  let refused = 0;
  for (let i = drafts[0]; i < drafts[1]; i++) {
    if (booked[i] === Booked.later) return COME_AGAIN;
    if (booked[i] === Booked.deleted) refused++;
  }
  for (let i = details[0]; i < details[1]; i++) if (content.details[i]!.first && kept.refused.has(content.details[i]!)) refused++;
  if (refused === 0) return result;
  const message = [result.message, `${refused} x it belongs to a run that was deleted`].filter(Boolean).join('; ');
  return { ...result, rejected: result.rejected + refused, message };
}

const COME_AGAIN: IngestResult = { outcome: 'busy', message: 'some of it cannot be booked yet; try again' };

const spanOf = ({ traceId, spanId }: { traceId: string; spanId: string }): string => `${traceId}/${spanId}`;

const firsts = (details: readonly Detail[]): number => details.reduce((sum, { first }) => sum + Number(first), 0);

function refsOf(draft: Draft): string[] {
  const refs = [...draft.inputRefs, ...draft.outputRefs];
  if (draft.contextRef !== '') refs.push(draft.contextRef);
  return refs;
}
