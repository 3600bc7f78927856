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

/** What a sum of money leaves out, for lack of a price or of usage: `486 calls without an amount`. */
export const withoutAmount = (calls: number): string => `${plural(calls, 'call')} without an amount`;

/** ` + 486 calls without an amount`, to stand behind a sum; nothing behind one that is whole. */
export function LeftOut({ calls }: { calls: number }) {
  return calls > 0 ? <span className="left-out"> + {withoutAmount(calls)}</span> : null;
}

interface AmountProps {
  amount: string | null;
  /** Calls the amount leaves out. */
  missing?: number;
  why: string;
  quiet?: boolean;
  /** Says what is left out in words beside the amount, where there is room, and not with a plus alone. */
  inWords?: boolean;
}

/** An amount: `unknown` with its reason, and a plus where the sum is only partly known. */
export function Amount({ amount, missing = 0, why, quiet = false, inWords = false }: AmountProps) {
  if (amount === null) return <Unknown why={why} quiet={quiet} />;
  if (missing === 0) return <>{formatMoney(amount)}</>;
  return (
    <Reason why={why} quiet={quiet}>
      <span className="partly">
        {formatMoney(amount)}
        {inWords ? (
          <LeftOut calls={missing} />
        ) : (
          <span className="muted">
            +<span className="sr"> {withoutAmount(missing)}</span>
          </span>
        )}
      </span>
    </Reason>
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
