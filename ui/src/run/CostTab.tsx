import type { Run, Task } from '../../../query/contract/index.ts';
import { commonPlaces, formatMoney } from '../format/money.ts';
import { formatInt, formatTokens, plural } from '../format/numbers.ts';
import { ExactAmount, LeftOut, Unknown } from '../parts/Amount.tsx';
import { KindMark } from '../parts/marks.tsx';
import { type ModelBill, type ModelLine, NOT_COUNTED } from './receipts.ts';
import { taskLabel } from './WaterfallRow.tsx';

const NUMBERS = ['input', 'cacheRead', 'cacheWrite', 'output'] as const satisfies readonly (keyof ModelLine)[];
const HEADS = { input: 'Input', cacheRead: 'of it cached', cacheWrite: 'Cache write', output: 'Output' } as const;

/** A figure that no call reported is left out, not called zero. */
const figure = (value: number | null) => (value === null ? '' : formatTokens(value));

function Bill({ bill }: { bill: ModelBill }) {
  if (bill.lines.length === 0) return <p className="quiet">No model call is booked for this run.</p>;
  const places = commonPlaces([...bill.lines.map(({ cost }) => cost ?? 0n), bill.cost ?? 0n]);
  const sum = (name: (typeof NUMBERS)[number]) =>
    bill.lines.reduce<number | null>((total, line) => (line[name] === null ? total : (total ?? 0) + line[name]), null);
  const shown = NUMBERS.filter((name) => sum(name) !== null);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table-frame" aria-label="Amounts by model" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th>Model</th>
            <th>Provider</th>
            <th className="num">Calls</th>
            {shown.map((name) => (
              <th className="num" key={name}>
                {HEADS[name]}
              </th>
            ))}
            <th className="num">Cost</th>
          </tr>
        </thead>
        <tbody>
          {bill.lines.map((line) => (
            <tr key={`${line.model}/${line.provider}`}>
              <td className="bright">
                <span className="row-of">
                  <KindMark kind={line.kind} small />
                  {line.model}
                </span>
              </td>
              <td>{line.provider}</td>
              <td className="num">{formatInt(line.calls)}</td>
              {shown.map((name) => (
                <td className="num" key={name}>
                  {figure(line[name])}
                </td>
              ))}
              <td className="num">
                {line.cost === null ? (
                  <Unknown why="No amount is known for these calls." />
                ) : (
                  <ExactAmount value={line.cost} places={places} />
                )}
                {line.cost !== null && <LeftOut calls={line.unknownCalls} />}
              </td>
            </tr>
          ))}
          <tr className="total">
            <td colSpan={2}>Booked</td>
            <td className="num">{formatInt(bill.calls)}</td>
            {shown.map((name) => (
              <td className="num" key={name}>
                {figure(sum(name))}
              </td>
            ))}
            <td className="num">
              {bill.cost === null ? <Unknown why="No amount is known for any call." /> : <ExactAmount value={bill.cost} places={places} />}
              {bill.cost !== null && <LeftOut calls={bill.unknownCalls} />}
            </td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

interface UncountedProps {
  left: readonly Task[];
  /** How many there are; more than are listed in a large run. */
  count: number;
  onSelect: (task: Task) => void;
}

function Uncounted({ left, count, onSelect }: UncountedProps) {
  if (left.length === 0) return null;
  return (
    <section className="sec">
      <div className="sec-head">
        <h2>Not counted</h2>
        <span className="sub">
          usage that is in the books already{count > left.length && `; the first ${formatInt(left.length)} of ${plural(count, 'task')}`}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="table-frame" aria-label="Not counted" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th>Task</th>
              <th className="num">Tokens</th>
              <th className="num">Reported cost</th>
              <th className="why">Why</th>
            </tr>
          </thead>
          <tbody>
            {left.map((task) => (
              <tr key={`${task.traceId}/${task.taskId}`}>
                <td>
                  <button type="button" className="link row-of" onClick={() => onSelect(task)}>
                    <KindMark kind={task.kind} small />
                    {taskLabel(task)}
                  </button>
                </td>
                <td className="num">{figure(task.tokens.total)}</td>
                <td className="num">{task.cost === null ? '' : formatMoney(task.cost)}</td>
                <td className="why">{NOT_COUNTED[task.notCountedBecause ?? 'not_a_model_call']}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

interface CostTabProps {
  run: Run;
  bill: ModelBill;
  /** Tasks with usage that is not counted. */
  left: readonly Task[];
  leftCount: number;
  onSelect: (task: Task) => void;
}

/** All of a run's money: by model, and what was left out of the books and why. */
export function CostTab({ run, bill, left, leftCount, onSelect }: CostTabProps) {
  return (
    <div className="tab-body">
      <section className="sec">
        <div className="sec-head">
          <h2>Cost by model</h2>
          <span className="sub">{plural(run.llmCalls + run.embeddingCalls, 'counted call')}</span>
        </div>
        <Bill bill={bill} />
      </section>
      <Uncounted left={left} count={leftCount} onSelect={onSelect} />
    </div>
  );
}
