import { type Draft, Flag } from '../draft.ts';
import { countCalls } from './count.ts';
import { buildTree, type Tree } from './tree.ts';
import type { BorneFacts, Verdict } from './verdict.ts';

/** Start order, ties by id: the same for any order of arrival. */
export const byStart = (a: Draft, b: Draft): number =>
  a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : a.spanId < b.spanId ? -1 : a.spanId > b.spanId ? 1 : 0;

/**
 * What the known spans of one trace say together: a pure function of the set. Which run each belongs to, whether and why it counts, and
 * the facts of the run. Verdicts stand in the order of `drafts`, which must be sorted by {@link byStart} and hold each span id once.
 */
export function resolve(drafts: readonly Draft[]): Verdict[] {
  const tree = buildTree(drafts);
  const counts = countCalls(drafts, tree);
  const visible = drafts.some((d) => d.kind !== 'other' && !(d.flags & Flag.createAgent));
  const root = rootOf(drafts, tree);
  const runIds = runIdsOf(drafts, tree, root);
  const user = first(drafts, (d) => d.ownUser);
  const session = first(drafts, (d) => d.ownSession);
  const feature = first(drafts, (d) => d.ownFeature);
  const source = first(drafts, (d) => d.ownSource);
  return drafts.map((_, i) => ({
    runId: runIds === null ? drafts[0]!.traceId : typeof runIds === 'string' ? runIds : runIds[i]!,
    visible,
    counted: visible && counts.counted[i] === 1,
    why: counts.why[i]!,
    kind: counts.kinds[i]!,
    user,
    session,
    feature,
    source,
    flags: tree.flags[i]! | counts.flags[i]!,
    bears: i === root ? factsOf(drafts, tree, root) : null,
  }));
}

function first(drafts: readonly Draft[], fact: (d: Draft) => string): string {
  for (const d of drafts) {
    const value = fact(d);
    if (value !== '') return value;
  }
  return '';
}

/** The first span without a parent; while none is known, the first whose parent is missing. */
function rootOf(drafts: readonly Draft[], tree: Tree): number {
  let provisional = -1;
  for (let i = 0; i < drafts.length; i++) {
    if (tree.parent[i]! >= 0) continue;
    if (drafts[i]!.parentId === '') return i;
    if (provisional < 0) provisional = i;
  }
  return provisional;
}

/** null: the trace names no run. A string: one run for all. A list: several are named, each span takes the nearest. */
function runIdsOf(drafts: readonly Draft[], tree: Tree, root: number): null | string | string[] {
  let only = '';
  let several = false;
  for (const { ownRunId } of drafts) {
    if (ownRunId === '' || ownRunId === only) continue;
    if (only === '') only = ownRunId;
    else several = true;
  }
  if (!several) return only === '' ? null : only;
  const fallback = drafts[root]!.ownRunId || first(drafts, (d) => d.ownRunId);
  const ids = new Array<string>(drafts.length).fill('');
  for (const i of tree.order) {
    const p = tree.parent[i]!;
    ids[i] = drafts[i]!.ownRunId || (p >= 0 ? ids[p]! : '');
  }
  return ids.map((id) => id || fallback);
}

function factsOf(drafts: readonly Draft[], tree: Tree, root: number): BorneFacts {
  const rootDraft = drafts[root]!;
  const tags = drafts.find((d) => d.ownTags.length > 0)?.ownTags ?? [];
  // Without its root a run is not over, however its parts ended.
  const status = rootDraft.parentId !== '' && tree.flags[root]! & Flag.orphan ? 'running' : rootDraft.status;
  return { name: nameOf(drafts, tree, rootDraft), status, tags };
}

function nameOf(drafts: readonly Draft[], tree: Tree, root: Draft): string {
  let name = '';
  let rank = Number.POSITIVE_INFINITY;
  for (let i = 0; i < drafts.length; i++) {
    const d = drafts[i]!;
    if (d.runNameRank < rank && d.runName !== '') {
      name = d.runName;
      rank = d.runNameRank;
    }
    if (tree.parent[i]! < 0 && d.rootNameRank < rank && d.rootName !== '') {
      name = d.rootName;
      rank = d.rootNameRank;
    }
  }
  return name || root.name;
}
