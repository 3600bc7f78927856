import { type Draft, Flag, KINDS } from '../../draft.ts';
import type { NotCounted } from '../verdict.ts';
import { Calls } from './calls.ts';
import { Facts } from './facts.ts';
import { cyclesOf, Forest } from './forest.ts';
import { Local } from './local.ts';
import { Responses } from './responses.ts';
import { Bit, KIND, Spans } from './spans.ts';

/**
 * Resolves one trace as it grows: the rules of `resolve`, where a span that comes or changes costs only what it can change. Feed it with
 * {@link put}, then {@link settle}; the slots whose verdicts may differ are in {@link touched}.
 */
export class Resolver {
  readonly spans = new Spans();
  readonly forest: Forest;
  readonly calls: Calls;
  readonly responses: Responses;
  readonly facts: Facts;
  readonly touched = new Set<number>();
  /** Every verdict may differ. */
  allTouched = false;
  #broken = false;

  constructor() {
    const touch = (slot: number): void => {
      if (!this.allTouched) this.touched.add(slot);
    };
    this.forest = new Forest(this.spans, {
      touch,
      leaves: (slot) => this.calls.removeInner(slot),
      enters: (slot) => this.calls.addInner(slot),
    });
    this.calls = new Calls(this.spans, this.forest, touch);
    this.responses = new Responses(this.spans, this.forest, this.calls, touch);
    this.facts = new Facts(this.spans, this.forest);
  }

  get bytes(): number {
    return this.spans.bytes + this.forest.bytes + this.calls.bytes + this.responses.bytes;
  }

  /** A span that comes, or another version of one that is there. */
  put(slot: number, draft: Draft): void {
    const { spans } = this;
    if (!spans.is(slot, Bit.present)) {
      spans.put(slot, draft);
      this.#fit();
      this.#insert(slot);
    } else if (this.#broken || !spans.sameplace(draft, slot)) {
      spans.put(slot, draft);
      this.#fit();
      this.#broken = true;
    } else this.#change(slot, draft.kind === KINDS[spans.kind(slot)], () => spans.put(slot, draft));
  }

  /** Leaves of a span what a deleted one leaves: its place, and the run it was of. */
  strip(slot: number, runId: string): void {
    const run = this.spans.strings.idOf(runId);
    this.#change(slot, this.spans.kind(slot) === KIND.other, () => this.spans.strip(slot, run));
  }

  /** Makes good what was put off until all spans of a batch are there. */
  settle(): void {
    if (this.#broken) this.rebuild();
    const { responses } = this;
    if (this.allTouched) for (let slot = 0; slot < this.spans.count; slot++) responses.place(slot);
    else for (const slot of this.touched) responses.place(slot);
    responses.settle();
    this.facts.settle();
  }

  /** Everything anew from what the spans say: after a cycle, after a span moved, and where a batch was lost. */
  rebuild(): void {
    const { spans, forest } = this;
    this.#broken = false;
    forest.reset(cyclesOf(spans));
    this.calls.reset();
    this.#fit();
    this.responses.reset();
    this.facts.reset();
    for (let slot = 0; slot < spans.count; slot++) if (spans.is(slot, Bit.present)) this.#insert(slot);
    this.touched.clear();
    this.allTouched = true;
  }

  /** The verdict on a span, packed. */
  local(slot: number): number {
    const { spans, forest } = this;
    const flags = (forest.isOrphan(slot) ? Flag.orphan : 0) | (forest.cut[slot] ? Flag.cycleCut : 0);
    const kind = spans.kind(slot);
    if (spans.is(slot, Bit.gone)) return Local.pack(kind, false, 'deleted', 0);
    if (this.calls.isCall(slot)) {
      const reason = this.#whyNoCall(slot);
      return Local.pack(kind, reason === '', reason, flags);
    }
    const sameTool = this.#isSameTool(slot);
    const shown = sameTool ? KIND.step : kind;
    if (!spans.is(slot, Bit.usage)) return Local.pack(shown, false, sameTool ? 'same_call_outer' : 'not_a_model_call', flags);
    if (this.calls.below[slot]! > 0) return Local.pack(shown, false, 'usage_below', flags);
    const above = forest.usage[slot]!;
    if (above >= 0 && this.calls.below[above] === 0) return Local.pack(shown, false, 'aggregated_by_sender', flags);
    return Local.pack(shown, true, '', flags | Flag.aggregated);
  }

  /** Number of the string of the run that a span is of, where the trace names several. */
  nearestRun(slot: number): number {
    const own = this.spans.run[slot]!;
    if (own !== 0) return own;
    const above = this.forest.run[slot]!;
    return above < 0 ? 0 : this.spans.run[above]!;
  }

  #whyNoCall(slot: number): NotCounted {
    if (this.calls.inner[slot]! > 0) return 'same_call_inner';
    if (!this.calls.stands(slot)) return 'same_call_outer';
    return this.responses.loses(slot) ? 'same_response_id' : '';
  }

  #isSameTool(slot: number): boolean {
    const { spans } = this;
    if (spans.kind(slot) !== KIND.tool) return false;
    const ai = this.forest.ai[slot]!;
    return ai >= 0 && spans.kind(ai) === KIND.tool && spans.name[ai] === spans.name[slot];
  }

  #fit(): void {
    this.forest.fit();
    this.calls.fit();
    this.responses.fit();
  }

  #insert(slot: number): void {
    if (this.#broken) return;
    const { forest } = this;
    const waiting = forest.hasChildren(slot);
    if (!forest.link(slot)) {
      this.#broken = true;
      return;
    }
    this.calls.add(slot);
    if (waiting) {
      forest.relabelChildren(slot);
      forest.touchChildren(slot);
      if (this.responses.contested) this.#doubtBelow(slot);
    }
    this.facts.add(slot);
    if (!this.allTouched) this.touched.add(slot);
  }

  /** What hangs below a span that came late may be within a call of the same response id now. */
  #doubtBelow(slot: number): void {
    if (this.forest.parent(slot) < 0 && this.spans.response[slot] === 0) return;
    this.forest.visit(slot, (at) => {
      this.responses.doubt(at);
      return false;
    });
  }

  #change(slot: number, sameKind: boolean, write: () => void): void {
    const { forest, calls, facts } = this;
    if (this.#broken) {
      write();
      return;
    }
    this.responses.leave(slot);
    facts.remove(slot);
    if (!sameKind) forest.unlabelChildren(slot);
    const name = this.spans.name[slot];
    calls.remove(slot);
    write();
    this.#fit();
    calls.add(slot);
    forest.relabelChildren(slot);
    if (name !== this.spans.name[slot] || !sameKind) {
      forest.visit(slot, (at) => {
        this.touched.add(at);
        return forest.bears('ai', at);
      });
    }
    facts.add(slot);
    if (!this.allTouched) this.touched.add(slot);
  }
}
