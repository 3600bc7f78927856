import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { balanceQuery } from '../api/intake.ts';
import type { Scope } from '../api/params.ts';
import { formatInt } from '../format/numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { Loaded } from '../parts/Loaded.tsx';

/** Everything received is booked, a duplicate or rejected with a reason. The page of the intake says more. */
export function BalanceLine({ scope }: { scope: Scope }) {
  const balance = useQuery(balanceQuery(scope.range));
  return (
    <div className="across ledger">
      <Loaded query={balance} what="The balance" skeleton={<span>Counting what arrived</span>}>
        {({ received, booked, duplicate, rejected, balanced }) => (
          <div className="row-of">
            <span>
              Received <b>{formatInt(received)}</b> = booked <b>{formatInt(booked)}</b> + duplicate <b>{formatInt(duplicate)}</b> + rejected{' '}
              <b>{formatInt(rejected)}</b>
            </span>
            <span className={`row-of ${balanced ? 'good' : 'bad'}`}>
              <Icon name={balanced ? 'check' : 'stalled'} small />
              {balanced ? 'balanced' : 'not balanced'}
            </span>
            <Link className="link" to="/intake" search={(search) => search}>
              See the intake
            </Link>
          </div>
        )}
      </Loaded>
    </div>
  );
}
