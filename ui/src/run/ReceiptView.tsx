import type { Receipt, Task, TaskDetail } from '../../../query/contract/index.ts';
import { commonPlaces, formatRate, picoOrNull, toPico } from '../format/money.ts';
import { formatInt, formatTokens } from '../format/numbers.ts';
import { ExactAmount, Unknown } from '../parts/Amount.tsx';
import { Icon } from '../parts/Icon.tsx';
import { bookedName, cacheWords, lineName, rateSource, sentence } from './receipt-words.ts';
import { NOT_COUNTED } from './receipts.ts';

/** Decimals so that every amount of a receipt stands point under point. */
function placesOf(receipt: Receipt): number {
  const amounts = [...receipt.lines.map(({ amount }) => amount), receipt.priced, receipt.reported, receipt.difference, receipt.booked];
  return commonPlaces(amounts.flatMap((amount) => picoOrNull(amount) ?? []));
}

function Compared({ label, amount, places }: { label: string; amount: string | null; places: number }) {
  if (amount === null) return null;
  return (
    <div className="receipt-compare">
      <span>{label}</span>
      <span className="amount">
        <ExactAmount value={toPico(amount)} places={places} />
      </span>
    </div>
  );
}

function Sums({ detail, places }: { detail: TaskDetail; places: number }) {
  const { receipt } = detail;
  return (
    <>
      {receipt.priced !== null && (
        <div className="receipt-sum">
          <span>Priced by us</span>
          <span className="amount">
            <ExactAmount value={toPico(receipt.priced)} places={places} />
          </span>
        </div>
      )}
      <Compared label="Reported by the sender" amount={receipt.reported} places={places} />
      <Compared label="Difference, reported − priced" amount={receipt.difference} places={places} />
      {detail.counted ? (
        <div className="receipt-sum booked">
          <span>{bookedName(receipt)}</span>
          <span className="amount">
            {receipt.booked === null ? (
              <Unknown why={sentence(receipt.reason ?? 'no amount is known')} />
            ) : (
              <ExactAmount value={toPico(receipt.booked)} places={places} />
            )}
          </span>
        </div>
      ) : (
        <div className="receipt-sum booked">
          <span>Not booked</span>
          <span className="amount muted">not counted</span>
        </div>
      )}
    </>
  );
}

/** A span above that reported the same usage again: why it is not in the books. */
function ParentNote({ parent }: { parent: Task | undefined }) {
  if (!parent) return null;
  return (
    <p className="receipt-why">
      <b>Parent not counted.</b> <span className="mono">{parent.name}</span> reported {formatTokens(parent.tokens.total)} tokens.{' '}
      {NOT_COUNTED[parent.notCountedBecause ?? 'usage_below']}
    </p>
  );
}

interface ReceiptViewProps {
  detail: TaskDetail;
  /** The nearest span above with usage that is not counted. */
  parent: Task | undefined;
}

/** How an amount came about: tokens times rate, what the sender said, what was booked, and where the rate is from. */
export function ReceiptView({ detail, parent }: ReceiptViewProps) {
  const { receipt } = detail;
  const places = placesOf(receipt);
  const source = rateSource(receipt);
  const cached = receipt.lines.length > 0 ? cacheWords(detail) : null;
  return (
    <>
      <div className="receipt">
        <div className="receipt-head">
          <h3>Receipt</h3>
          <span className="muted">tokens × rate = amount</span>
        </div>
        {receipt.lines.map((line) => (
          <div className="receipt-line" key={line.tokenType}>
            <span className="receipt-name">{lineName(line, receipt.lines)}</span>
            <span className="rate tokens">{formatInt(line.tokens)}</span>
            <span className="sign">×</span>
            <span className="rate">
              {formatRate(line.rate)} <small>per 1M</small>
            </span>
            <span className="sign">=</span>
            <span className="amount">
              <ExactAmount value={toPico(line.amount)} places={places} />
            </span>
          </div>
        ))}
        <Sums detail={detail} places={places} />
      </div>
      {source && (
        <p className="note">
          <Icon name="book" />
          <span>{source}</span>
        </p>
      )}
      {cached && (
        <p className="note">
          <Icon name="info" />
          <span>{cached}</span>
        </p>
      )}
      {receipt.reason && (
        <p className="note">
          <Icon name="info" />
          <span>{sentence(receipt.reason)}</span>
        </p>
      )}
      <ParentNote parent={parent} />
    </>
  );
}
