import type { Draft } from '../draft.ts';
import type { Verdict } from './verdict.ts';

/**
 * What a span itself said of its run, beside what its trace says together. Most spans say the same as their trace: those facts are one letter
 * each (r u s f c for run, user, session, feature, source); what differs, and what only this span says, follows as JSON. Empty = nothing.
 */
export function encodeOwn(d: Draft, v: Verdict): string {
  let letters = '';
  let alone = false;
  for (let i = 0; i < FACTS.length; i++) {
    const own = FACTS[i]!.own(d);
    if (own === '') continue;
    if (own === FACTS[i]!.together(v)) letters += FACTS[i]!.letter;
    else alone = true;
  }
  if (!alone && d.kind === v.kind && d.ownTags.length === 0 && d.runName === '' && d.rootName === '') return letters;
  const rest: Record<string, unknown> = {};
  for (const { letter, own, together } of FACTS) if (own(d) !== '' && own(d) !== together(v)) rest[letter] = own(d);
  if (d.kind !== v.kind) rest.k = d.kind;
  if (d.ownTags.length > 0) rest.t = d.ownTags;
  if (d.runName !== '') rest.n = [d.runNameRank, d.runName];
  if (d.rootName !== '') rest.o = [d.rootNameRank, d.rootName];
  return letters + JSON.stringify(rest);
}

const FACTS: readonly { letter: string; own: (d: Draft) => string; together: (v: Verdict) => string }[] = [
  { letter: 'r', own: (d) => d.ownRunId, together: (v) => v.runId },
  { letter: 'u', own: (d) => d.ownUser, together: (v) => v.user },
  { letter: 's', own: (d) => d.ownSession, together: (v) => v.session },
  { letter: 'f', own: (d) => d.ownFeature, together: (v) => v.feature },
  { letter: 'c', own: (d) => d.ownSource, together: (v) => v.source },
];

export type OwnFacts = Pick<
  Draft,
  | 'ownRunId'
  | 'ownUser'
  | 'ownSession'
  | 'ownFeature'
  | 'ownSource'
  | 'ownTags'
  | 'runName'
  | 'runNameRank'
  | 'rootName'
  | 'rootNameRank'
  | 'kind'
>;

/** The inverse of {@link encodeOwn}, given the verdict that stands in the other columns of the row. */
export function decodeOwn(own: string, v: Verdict): OwnFacts {
  const brace = own.indexOf('{');
  const letters = brace < 0 ? own : own.slice(0, brace);
  const rest: Record<string, unknown> = brace < 0 ? {} : (JSON.parse(own.slice(brace)) as Record<string, unknown>);
  const get = (letter: string, together: string): string =>
    letters.includes(letter) ? together : typeof rest[letter] === 'string' ? (rest[letter] as string) : '';
  const [runNameRank, runName] = (rest.n as [number, string] | undefined) ?? [1000, ''];
  const [rootNameRank, rootName] = (rest.o as [number, string] | undefined) ?? [1000, ''];
  return {
    ownRunId: get('r', v.runId),
    ownUser: get('u', v.user),
    ownSession: get('s', v.session),
    ownFeature: get('f', v.feature),
    ownSource: get('c', v.source),
    ownTags: (rest.t as string[] | undefined) ?? [],
    kind: (rest.k as Draft['kind'] | undefined) ?? v.kind,
    runName,
    runNameRank,
    rootName,
    rootNameRank,
  };
}
