import { Popover } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Balance } from '../../../query/contract/index.ts';
import { balanceQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { formatInt } from '../format/numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { Loaded } from '../parts/Loaded.tsx';

function Reasons({ reasons }: { reasons: Balance['reasons'] }) {
  if (reasons.length === 0) return null;
  return (
    <Popover position="top-start">
      <Popover.Target>
        <button type="button" className="link">
          See reasons
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Reasons">
        <dl className="facts reasons">
          {reasons.map(({ reason, count }) => [
            <dt key={`${reason} name`}>{reason.replaceAll('_', ' ')}</dt>,
            <dd key={reason}>{formatInt(count)}</dd>,
          ])}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Everything received is booked, a duplicate or rejected with a reason. */
export function BalanceLine({ scope }: { scope: Scope }) {
  const balance = useQuery(balanceQuery(scope.range));
  return (
    <div className="ledger">
      <Loaded query={balance} what="The balance" skeleton={<span>Counting spans</span>}>
        {({ received, booked, duplicate, rejected, balanced, reasons }) => (
          <div className="row-of">
            <span>
              Spans received <b>{formatInt(received)}</b> = booked <b>{formatInt(booked)}</b> + duplicate <b>{formatInt(duplicate)}</b> +
              rejected <b>{formatInt(rejected)}</b>
            </span>
            <span className={`row-of ${balanced ? 'good' : 'bad'}`}>
              <Icon name={balanced ? 'check' : 'stalled'} small />
              {balanced ? 'balanced' : 'not balanced'}
            </span>
            <Reasons reasons={reasons} />
          </div>
        )}
      </Loaded>
    </div>
  );
}
