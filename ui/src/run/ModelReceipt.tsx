import type { Task } from '../../../query/contract/index.ts';
import { shortModel } from '../format/ids.ts';
import { commonPlaces } from '../format/money.ts';
import { formatTokens, plural } from '../format/numbers.ts';
import { ExactAmount, Unknown, withoutAmount } from '../parts/Amount.tsx';
import { Icon } from '../parts/Icon.tsx';
import { KindMark } from '../parts/marks.tsx';
import { billOf, uncounted } from './receipts.ts';

/** What each model cost, and the sum, in few words. */
export function ModelReceipt({ tasks }: { tasks: readonly Task[] }) {
  const { lines, calls, cost, unknownCalls } = billOf(tasks);
  if (lines.length === 0) return <p className="quiet">No model call is booked for this run.</p>;
  const places = commonPlaces([...lines.map((line) => line.cost ?? 0n), cost ?? 0n]);
  const left = uncounted(tasks).length;
  return (
    <>
      <div className="receipt brief">
        {lines.map((line) => (
          <div className="receipt-line" key={`${line.model}/${line.provider}`}>
            <span className="receipt-name">
              <KindMark kind={line.kind} small />
              <span className="ell bright" title={line.model}>
                {shortModel(line.model)}
              </span>
              {line.calls > 1 && <span className="muted">×{line.calls}</span>}
            </span>
            <span className="rate">{line.total === null ? '' : formatTokens(line.total)}</span>
            <span className="amount">
              {line.cost === null ? (
                <Unknown why="No amount is known for these calls." />
              ) : (
                <ExactAmount value={line.cost} places={places} />
              )}
            </span>
          </div>
        ))}
        <div className="receipt-sum">
          <span>
            {plural(lines.length, 'model')}, {plural(calls, 'call')}
          </span>
          <span className="amount">
            {cost === null ? <Unknown why="No amount is known for any call." /> : <ExactAmount value={cost} places={places} />}
          </span>
        </div>
      </div>
      {(unknownCalls > 0 || left > 0) && (
        <p className="note">
          <Icon name="info" />
          <span>
            {unknownCalls > 0 && `${withoutAmount(unknownCalls)} left out. `}
            {left > 0 && `${plural(left, 'span')} with usage of calls already booked not counted.`}
          </span>
        </p>
      )}
    </>
  );
}
