import { Tooltip } from '@mantine/core';
import { cloneElement, type ReactElement } from 'react';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { plural } from '../format/numbers.ts';

/** The word for what nobody knows, with the reason at hand. */
export function Unknown({ why, quiet }: { why: string; quiet?: boolean }) {
  return (
    <Reason why={why} quiet={quiet ?? false}>
      <em className="unknown">{UNKNOWN}</em>
    </Reason>
  );
}

/** A reason beside what it explains. In a list of many rows it is left out of the tab order: the row opens, and says it there. */
function Reason({ why, quiet, children }: { why: string; quiet: boolean; children: ReactElement<{ tabIndex?: number }> }) {
  return (
    <Tooltip label={why} multiline maw={280}>
      {quiet ? children : cloneElement(children, { tabIndex: 0 })}
    </Tooltip>
  );
}

interface AmountProps {
  amount: string | null;
  /** Calls the amount leaves out. */
  missing?: number;
  why: string;
  quiet?: boolean;
}

/** An amount in a column: `unknown` with its reason, and a plus where the sum is only partly known. */
export function Amount({ amount, missing = 0, why, quiet = false }: AmountProps) {
  if (amount === null) return <Unknown why={why} quiet={quiet} />;
  if (missing === 0) return <>{formatMoney(amount)}</>;
  return (
    <Reason why={why} quiet={quiet}>
      <span className="partly">
        {formatMoney(amount)}
        <span className="muted">
          +<span className="sr"> {plural(missing, 'unpriced call')}</span>
        </span>
      </span>
    </Reason>
  );
}

/** `$214.33 + 486 unpriced calls` */
export function PartlyKnown({ amount, unpriced }: { amount: string | null; unpriced: number }) {
  if (amount === null) return <span className="muted">{unpriced > 0 ? plural(unpriced, 'unpriced call') : 'no cost known'}</span>;
  return (
    <>
      {formatMoney(amount)}
      {unpriced > 0 && <span className="muted"> + {plural(unpriced, 'unpriced call')}</span>}
    </>
  );
}

/** All digits, with the zeros that only line the points up dimmed. */
export function ExactAmount({ value, places }: { value: bigint; places: number }) {
  const { sign, digits, padding } = exactMoney(value, places);
  return (
    <>
      {sign}
      {digits}
      <span className="padding-zeros" aria-hidden="true">
        {padding}
      </span>
    </>
  );
}
