import { Flag, KINDS } from '../../draft.ts';
import type { NotCounted } from '../verdict.ts';

const WHY: readonly NotCounted[] = [
  '',
  'not_a_model_call',
  'same_call_inner',
  'same_call_outer',
  'same_response_id',
  'usage_below',
  'aggregated_by_sender',
  'deleted',
];
const COUNTED = 8;
const FLAGS = [
  [128, Flag.aggregated],
  [256, Flag.orphan],
  [512, Flag.cycleCut],
] as const;

/**
 * The verdict on one span as far as it is its own, in 16 bits: kind, counted, why not, flags. What is the same for all spans of the trace
 * (visible, user, session, feature, source) and the run are not in it.
 */
export const Local = {
  /** @param kind its place in KINDS */
  pack: (kind: number, counted: boolean, why: NotCounted, flags: number): number =>
    kind | (counted ? COUNTED : 0) | (WHY.indexOf(why) << 4) | FLAGS.reduce((bits, [bit, flag]) => (flags & flag ? bits | bit : bits), 0),
  kind: (bits: number) => KINDS[bits & 7]!,
  counted: (bits: number): boolean => (bits & COUNTED) !== 0,
  uncounted: (bits: number): number => bits & ~COUNTED,
  why: (bits: number): NotCounted => WHY[(bits >>> 4) & 7]!,
  flags: (bits: number): number => FLAGS.reduce((flags, [bit, flag]) => (bits & bit ? flags | flag : flags), 0),
};
