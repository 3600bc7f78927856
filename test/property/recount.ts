import { costOf, findPrice } from '@ai-runs/pricing';
import { MODEL, type Version } from './scenario.ts';

/** Totals of a run, as the books should have them. Money in pico-dollars. */
export interface Totals {
  tasks: number;
  /** Counted spans; of them model calls, without those that only sum up what lies below. */
  counted: number;
  calls: number;
  input: number;
  output: number;
  cost: bigint;
}

/** What the books should say of a span. */
export interface Told {
  readonly version: Version;
  readonly runId: string;
  readonly visible: boolean;
  readonly counted: boolean;
  readonly cost: bigint;
}

/**
 * A sender's own books: the best version of each span it was told is stored, and by the rules, written down once more and as plainly as can be,
 * what they come to. Slow, and shares nothing with the code that is tested but the price list.
 */
export class Recount {
  readonly best = new Map<string, Version>();
  readonly deleted = new Set<string>();
  readonly #prices = new Map<string, { input: bigint; output: bigint }>();
  received = 0;
  rejected = 0;

  /** A request that was answered with "stored". */
  stored(versions: readonly Version[]): void {
    for (const v of versions) {
      if (this.deleted.has(v.traceId)) continue;
      const key = `${v.traceId} ${v.spanId}`;
      const rival = this.best.get(key);
      if (rival && !beats(v, rival)) continue;
      this.best.set(key, v);
      this.#prices.delete(key);
    }
  }

  delete(traceId: string): void {
    this.deleted.add(traceId);
    for (const [key, v] of this.best) if (v.traceId === traceId) this.best.delete(key);
  }

  reprice(input: bigint, output: bigint): void {
    for (const [key, v] of this.best) if (v.usage) this.#prices.set(key, { input, output });
  }

  told(): Told[] {
    const traces = new Map<string, Version[]>();
    for (const v of this.best.values()) traces.set(v.traceId, [...(traces.get(v.traceId) ?? []), v]);
    return [...traces.values()].flatMap((spans) => this.#tell(spans.sort(inStartOrder)));
  }

  totals(): Record<string, Totals> {
    const runs: Record<string, Totals> = {};
    for (const { version, runId, visible, counted, cost } of this.told()) {
      if (!visible) continue;
      runs[runId] ??= { tasks: 0, counted: 0, calls: 0, input: 0, output: 0, cost: 0n };
      const run = runs[runId];
      run.tasks++;
      if (!counted) continue;
      run.counted++;
      if (version.kind === 'llm' || version.kind === 'embedding') run.calls++;
      run.input += version.usage?.input ?? 0;
      run.output += version.usage?.output ?? 0;
      run.cost += cost;
    }
    return runs;
  }

  #tell(spans: readonly Version[]): Told[] {
    const parents = parentsOf(spans);
    const ancestors = (v: Version): Version[] => {
      const above: Version[] = [];
      for (let p = parents.get(v); p; p = parents.get(p)) above.push(p);
      return above;
    };
    const isCall = (v: Version): boolean => v.kind === 'llm' || v.kind === 'embedding';
    const ai = (v: Version): Version | undefined => ancestors(v).find((a) => a.kind !== 'other');
    const around = (v: Version): Version | undefined => (isCall(v) && ai(v)?.kind === v.kind ? ai(v) : undefined);
    const isAround = (outer: Version, inner: Version): boolean => {
      for (let a = around(inner); a; a = around(a)) if (a === outer) return true;
      return false;
    };
    const hasCallWithUsageBelow = (v: Version): boolean => spans.some((s) => isCall(s) && s.usage !== null && ancestors(s).includes(v));
    const isOwnCall = (v: Version): boolean =>
      isCall(v) && !spans.some((s) => s.usage !== null && isAround(v, s)) && (v.usage !== null || !around(v));
    const winnerOf = (responseId: string): Version => {
      const calls = spans.filter((s) => s.kind === 'llm' && s.responseId === responseId && isOwnCall(s));
      const best = calls.some((c) => c.usage !== null) ? calls.filter((c) => c.usage !== null) : calls;
      return best.reduce((winner, c) => (ancestors(c).includes(winner) ? c : winner));
    };
    const sums = (v: Version): boolean => !isCall(v) && v.usage !== null && !hasCallWithUsageBelow(v);
    const counts = (v: Version): boolean => {
      if (isCall(v)) return isOwnCall(v) && (v.kind !== 'llm' || winnerOf(v.responseId) === v);
      return sums(v) && !ancestors(v).some(sums);
    };
    const visible = spans.some((v) => v.kind !== 'other');
    const named = new Set(spans.map((v) => v.runId).filter(Boolean));
    const root = spans.find((v) => v.parentId === '') ?? spans.find((v) => !parents.get(v))!;
    const fallback = root.runId || spans.find((v) => v.runId)?.runId || root.traceId;
    const runOf = (v: Version): string => (named.size <= 1 ? fallback : [v, ...ancestors(v)].find((s) => s.runId)?.runId || fallback);
    return spans.map((version) => ({
      version,
      runId: runOf(version),
      visible,
      counted: visible && counts(version),
      cost: this.#costOf(version),
    }));
  }

  #costOf(v: Version): bigint {
    if (!v.usage) return 0n;
    const own = this.#prices.get(`${v.traceId} ${v.spanId}`);
    if (own) return BigInt(v.usage.input) * own.input + BigInt(v.usage.output) * own.output;
    if (v.kind === 'tool' || v.kind === 'other') return 0n;
    const { input, output } = v.usage;
    return costOf({ input, output, cacheRead: null, cacheWrite: null, reasoning: null }, findPrice('openai', MODEL, v.start)!)!;
  }
}

/** A span that has ended, then the later end, then the one that says more. */
export function beats(a: Version, b: Version): boolean {
  if ((a.end === null) !== (b.end === null)) return a.end !== null;
  if (a.end !== b.end) return a.end! > b.end!;
  return weight(a) > weight(b);
}

/** Attributes of the version; see spanOf. */
function weight(v: Version): number {
  const ofKind = { llm: 5, embedding: 3, agent: 3, tool: 2, other: 0 }[v.kind];
  return 1 + ofKind + (v.usage ? 2 : 0) + (v.runId ? 1 : 0) + (v.user ? 1 : 0) + v.padding;
}

const inStartOrder = (a: Version, b: Version): number =>
  a.start < b.start ? -1 : a.start > b.start ? 1 : a.spanId < b.spanId ? -1 : a.spanId > b.spanId ? 1 : 0;

/** Parents that are there; a cycle is cut at the span that starts first. */
function parentsOf(spans: readonly Version[]): Map<Version, Version> {
  const byId = new Map(spans.map((v) => [v.spanId, v]));
  const parents = new Map<Version, Version>();
  for (const v of spans) {
    const parent = byId.get(v.parentId);
    if (parent) parents.set(v, parent);
  }
  // In start order, so that the first span of a cycle is met first.
  for (const v of spans) {
    const seen = new Set<Version>();
    for (let at = parents.get(v); at && !seen.has(at); at = parents.get(at)) {
      seen.add(at);
      if (at === v) {
        parents.delete(v);
        break;
      }
    }
  }
  return parents;
}
