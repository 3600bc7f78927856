import type { Balance } from '../../../query/contract/index.ts';
import { formatInt } from '../format/numbers.ts';
import { FATES } from './buckets.ts';
import { countedOf, signalName } from './signals.ts';

/** The same equation for each signal, and under them the whole. */
export function SignalsPanel({ balance }: { balance: Balance }) {
  const { signals } = balance;
  return (
    <section className="sec">
      <div className="sec-head">
        <h2>By signal</h2>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="table-frame" aria-label="The balance by signal" tabIndex={0}>
        <table className="table signals">
          <thead>
            <tr>
              <th>Signal</th>
              <th className="num">Received</th>
              {FATES.map(({ key, label }) => (
                <th className="num" key={key}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {signals.map((row) => (
              <tr key={row.signal}>
                <th scope="row">
                  {signalName(row.signal)}
                  <small>{countedOf(row.signal)}</small>
                </th>
                <td className="num">{formatInt(row.received)}</td>
                {FATES.map(({ key }) => (
                  <td className={`num${key === 'rejected' && row[key] > 0 ? ' bad' : ''}`} key={key}>
                    {formatInt(row[key])}
                  </td>
                ))}
              </tr>
            ))}
            <tr className="total">
              <td>Total</td>
              <td className="num">{formatInt(balance.received)}</td>
              {FATES.map(({ key }) => (
                <td className="num" key={key}>
                  {formatInt(balance[key])}
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </section>
    </section>
  );
}
