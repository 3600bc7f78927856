import type { Draft } from '../draft.ts';
import type { Verdict } from './verdict.ts';

/**
 * What a span itself said of its run, beside what its trace says together. Most spans say the same as their trace: those facts are one letter
 * each (r u s f c for run, user, session, feature, source); what differs, and what only this span says, follows as JSON. Empty = nothing.
 */
export function encodeOwn(d: Draft, v: Verdict): string {
  let letters = '';
  let rest: Record<string, unknown> | null = null;
  const alone = (letter: string, fact: unknown): void => {
    rest ??= {};
    rest[letter] = fact;
  };
  const put = (letter: string, own: string, together: string): void => {
    if (own === '') return;
    if (own === together) letters += letter;
    else alone(letter, own);
  };
  put('r', d.ownRunId, v.runId);
  put('u', d.ownUser, v.user);
  put('s', d.ownSession, v.session);
  put('f', d.ownFeature, v.feature);
  put('c', d.ownSource, v.source);
  if (d.kind !== v.kind) alone('k', d.kind);
  if (d.ownTags.length > 0) alone('t', d.ownTags);
  if (d.runName !== '') alone('n', [d.runNameRank, d.runName]);
  if (d.rootName !== '') alone('o', [d.rootNameRank, d.rootName]);
  return rest === null ? letters : letters + JSON.stringify(rest);
}

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
