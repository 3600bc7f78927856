import { type Draft, Flag, Known } from '../../ingest/draft.ts';
import { bookedCost } from '../../ingest/price/price.ts';
import type { Entry, TaskRow } from '../../ingest/settle/diff.ts';
import { decodeOwn, encodeOwn } from '../../ingest/settle/own.ts';
import type { Lookup } from '../../ingest/settle/settle.ts';

type Columns = Readonly<Record<string, string | number | bigint | boolean>>;
type Sums = Map<string, Map<string, bigint>>;

const OF_VERDICT = Flag.orphan | Flag.cycleCut | Flag.aggregated;

/**
 * The ledger's tables in memory, faithful to the migrations: the newest version of each span, and totals that only ever add sign x value.
 * Batches are journaled first and reach the tables when they are loaded. Throws where an entry takes back what is not booked like that.
 */
export class MemoryLedger {
  readonly runs: Sums = new Map();
  readonly hours: Sums = new Map();
  readonly #tasks = new Map<string, TaskRow>();
  readonly #journal: { project: string; entries: readonly Entry[] }[] = [];
  #loaded = 0;

  /** Returns the number of the batch. */
  journal(project: string, entries: readonly Entry[]): number {
    return this.#journal.push({ project, entries });
  }

  load(upTo = this.#journal.length): number {
    for (; this.#loaded < upTo; this.#loaded++) {
      const { project, entries } = this.#journal[this.#loaded]!;
      for (const entry of entries) this.#apply(project, entry);
    }
    return this.#loaded;
  }

  /** What settle is answered: rows as they come back out of columns, never the objects that went in. */
  readonly lookup: Lookup = async (project, traceIds, spanIds) => {
    const wanted = spanIds && new Set(spanIds);
    return [...this.#tasks]
      .filter(([key, row]) => key.startsWith(`${project}/`) && traceIds.includes(row.draft.traceId))
      .filter(([, row]) => wanted?.has(row.draft.spanId) ?? true)
      .map(([, row]) => readBack(row));
  };

  traces(project: string): Set<string> {
    return new Set([...this.#tasks].filter(([key]) => key.startsWith(`${project}/`)).map(([, row]) => row.draft.traceId));
  }

  /** Newest row of every span without what only tells its history, by key. */
  state(): Record<string, Columns> {
    const history = new Set(['seen', 'ver', 'factVer']);
    const rows = [...this.#tasks].map(([key, row]) => {
      const columns = Object.entries(columnsOf(row)).filter(([name]) => !history.has(name));
      return [key, Object.fromEntries([...columns, ['bearer', row.factVer > 0]])] as const;
    });
    return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The totals as they would be if only the newest rows had ever been booked. */
  recount(): { runs: Sums; hours: Sums } {
    const counted = { runs: new Map(), hours: new Map() };
    for (const [key, row] of this.#tasks) add(counted, key.slice(0, key.indexOf('/')), row, 1n);
    return counted;
  }

  #apply(project: string, { sign, row }: Entry): void {
    const key = `${project}/${row.draft.traceId}/${row.draft.spanId}`;
    const booked = this.#tasks.get(key);
    add(this, project, row, BigInt(sign));
    if (sign === 1) {
      // ReplacingMergeTree: the highest version stays.
      if (booked && booked.ver >= row.ver) throw new Error(`${key} is booked as version ${row.ver} after version ${booked.ver}`);
      this.#tasks.set(key, row);
    } else if (!booked || text(columnsOf(booked)) !== text(columnsOf(row))) {
      throw new Error(`${key} takes back\n${text(columnsOf(row))}\nwhere this is booked:\n${booked && text(columnsOf(booked))}`);
    }
  }
}

const text = (columns: Columns): string => JSON.stringify(columns, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value));

function add(totals: { runs: Sums; hours: Sums }, project: string, row: TaskRow, sign: bigint): void {
  const { draft: d, verdict: v } = row;
  if (!v.visible) return;
  const hour = d.startedAt / 3_600_000_000_000n;
  const amounts = amountsOf(row);
  addTo(totals.runs, `${project}/${v.runId}`, amounts, sign);
  addTo(totals.hours, [project, hour, v.feature, v.source, v.kind, d.provider, d.model, d.priceId].join('|'), amounts, sign);
}

function addTo(sums: Sums, key: string, amounts: Readonly<Record<string, bigint>>, sign: bigint): void {
  const sum = sums.get(key) ?? new Map<string, bigint>();
  for (const [name, amount] of Object.entries(amounts)) {
    const total = (sum.get(name) ?? 0n) + sign * amount;
    // Zero and never heard of are the same.
    if (total === 0n) sum.delete(name);
    else sum.set(name, total);
  }
  if (sum.size > 0) sums.set(key, sum);
  else sums.delete(key);
}

function amountsOf({ draft: d, verdict: v, factVer }: TaskRow): Record<string, bigint> {
  const counted = v.counted ? 1n : 0n;
  const known = (bit: number): bigint => (d.known & bit ? counted : 0n);
  return {
    tasks: 1n,
    calls: counted,
    tools: v.kind === 'tool' ? 1n : 0n,
    errors: d.status === 'failed' ? 1n : 0n,
    input: BigInt(d.input) * counted,
    output: BigInt(d.output) * counted,
    cacheRead: BigInt(d.cacheRead) * counted,
    cost: bookedCost(d) * counted,
    knownInput: known(Known.input),
    knownCost: known(Known.reportedCost | Known.pricedCost),
    // Each bucket of the histograms is a sum of its own.
    [`latency ${Math.floor(Math.log2(Number(d.durationNs) + 1) * 35)}`]: 1n,
    runs: factVer > 0 ? 1n : 0n,
  };
}

/** All columns that an aggregate or a reader looks at. What only a new row carries (attributes, events, links, context) is not among them. */
export function columnsOf({ draft: d, verdict: v, seen, ver, factVer }: TaskRow): Columns {
  const { attributes: _a, events: _e, links: _l, contextRef: _c, ...draft } = d;
  const { bears, ...verdict } = v;
  const own = encodeOwn(d, v);
  const lists = { inputRefs: d.inputRefs.join(), outputRefs: d.outputRefs.join() };
  const plain = Object.fromEntries(Object.entries(draft).filter(([name]) => !name.startsWith('own') && !/^(run|root)Name/.test(name)));
  return {
    ...(plain as Columns),
    ...verdict,
    ...lists,
    flags: d.flags | v.flags,
    why: v.counted ? '' : v.why,
    seen,
    ver,
    factVer,
    own,
    runName: bears?.name ?? '',
    runStatus: bears?.status ?? '',
    runTags: JSON.stringify(bears?.tags ?? []),
  };
}

/** A row as the store gives it back: what stands in no column is decoded again. */
export function readBack(row: TaskRow): TaskRow {
  const flags = row.draft.flags | row.verdict.flags;
  const verdict = {
    ...row.verdict,
    why: row.verdict.counted ? ('' as const) : row.verdict.why,
    flags: flags & OF_VERDICT,
    bears: row.factVer > 0 ? { ...row.verdict.bears! } : null,
  };
  const draft: Draft = {
    ...row.draft,
    flags: flags & ~OF_VERDICT,
    hasEnd: row.draft.status !== 'running',
    ...decodeOwn(encodeOwn(row.draft, row.verdict), verdict),
  };
  return { ...row, draft, verdict };
}
