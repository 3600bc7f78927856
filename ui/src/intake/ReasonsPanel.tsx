import type { Balance } from '../../../query/contract/index.ts';
import { formatInt } from '../format/numbers.ts';
import { type ReasonRow, reasonGroups } from './reasons.ts';

function Group({ title, sub, rows, none }: { title: string; sub: string; rows: readonly ReasonRow[]; none: string }) {
  return (
    <section className="sec">
      <div className="sec-head">
        <h2>{title}</h2>
        <span className="sub">{sub}</span>
      </div>
      {rows.length === 0 ? (
        <p className="quiet">{none}</p>
      ) : (
        <ul className="reason-list">
          {rows.map(({ reason, title: name, why, count }) => (
            <li key={reason}>
              <b>{name}</b>
              <span className="num">{formatInt(count)}</span>
              <p>
                {why} <span className="mono muted">{reason}</span>
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Why something was refused, and why something was taken without becoming a task: each reason in plain words. */
export function ReasonsPanel({ balance }: { balance: Balance }) {
  const { rejected, keptOut, others } = reasonGroups(balance);
  return (
    <div className={others.length > 0 ? 'cols-3' : 'cols-2 even'}>
      <Group
        title="Rejected, and why"
        sub="the sender was told in its answer"
        rows={rejected}
        none={balance.rejected === 0 ? 'Nothing was refused in this range.' : 'See the other reasons.'}
      />
      <Group
        title="Booked without becoming a task"
        sub="nothing is missing because of these"
        rows={keptOut}
        none="Everything that was booked is a task, or belongs to one."
      />
      {others.length > 0 && <Group title="Other reasons" sub="in the server's own words" rows={others} none="" />}
    </div>
  );
}
