import type { ReactNode } from 'react';
import type { Balance } from '../../../query/contract/index.ts';
import { formatInt, plural } from '../format/numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { difference } from './buckets.ts';

interface TermProps {
  name: string;
  figure: number;
  /** What stands before it. */
  sign?: '=' | '+';
  tone?: 'bad' | undefined;
  children: ReactNode;
}

function Term({ name, figure, sign, tone, children }: TermProps) {
  return (
    <div className={`term${tone ? ` ${tone}` : ''}`} data-sign={sign}>
      <dt>{name}</dt>
      <dd>{formatInt(figure)}</dd>
      <dd className="term-words">{children}</dd>
    </div>
  );
}

/** The one sentence this page is about, as an equation with its figures. */
export function Equation({ balance }: { balance: Balance }) {
  const { received, booked, duplicate, rejected, balanced } = balance;
  const missing = difference(balance);
  return (
    <section aria-label="The balance">
      <dl className="equation">
        <Term name="Received" figure={received}>
          all that senders sent
        </Term>
        <Term name="Booked" sign="=" figure={booked}>
          taken, each once
        </Term>
        <Term name="Duplicate" sign="+" figure={duplicate}>
          sent again, known already
        </Term>
        <Term name="Rejected" sign="+" figure={rejected} tone={rejected > 0 ? 'bad' : undefined}>
          refused, with a reason
        </Term>
      </dl>
      {balanced ? (
        <p className="verdict">
          <span className="good row-of">
            <Icon name="check" small />
            <b>Balanced.</b>
          </span>
          Nothing that arrived is unaccounted for. Counted when it arrived, whatever time it speaks of.
        </p>
      ) : (
        <p className="verdict" role="alert">
          <span className="bad row-of">
            <Icon name="stalled" small />
            <b>Not balanced.</b>
          </span>
          {missing > 0
            ? `${plural(missing, 'item')} received, and not in any of the three.`
            : `${plural(-missing, 'item')} more in the three than were received.`}{' '}
          The books are wrong: keep the data folder and report it.
        </p>
      )}
      {balance.setAside > 0 && (
        <p className="verdict" role="alert">
          <span className="bad row-of">
            <Icon name="stalled" small />
            <b>{plural(balance.setAside, 'span')} set aside.</b>
          </span>
          The database took them in no way: they are booked, and in no total. They are kept beside the journal, in the folder refused, with
          the reason.
        </p>
      )}
    </section>
  );
}
