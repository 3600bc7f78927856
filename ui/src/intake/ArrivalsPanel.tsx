import { lazy, Suspense, useState } from 'react';
import type { Balance } from '../../../query/contract/index.ts';
import { bucketTitle } from '../charts/axis.ts';
import { ChartSpace } from '../charts/ChartSpace.tsx';
import type { StackBar } from '../charts/StackChart.tsx';
import { formatCompact, formatInt } from '../format/numbers.ts';
import { intervalName } from '../format/time.ts';
import { Segmented } from '../parts/Segmented.tsx';
import { type Range, rangeBounds } from '../url/range.ts';
import { FATES, intakeBars } from './buckets.ts';
import { signalName } from './signals.ts';

const StackChart = lazy(() => import('../charts/StackChart.tsx'));

/** The bars as figures, for readers. */
function BarsTable({ bars, interval }: { bars: readonly StackBar[]; interval: number }) {
  return (
    <div className="sr">
      <table>
        <caption>What arrived over time</caption>
        <tbody>
          {bars
            .filter((bar) => FATES.some(({ key }) => (bar[key] ?? 0) > 0))
            .map((bar) => (
              <tr key={bar.start}>
                <th scope="row">{bucketTitle(bar.start, interval)}</th>
                {FATES.map(({ key, label }) => (
                  <td key={key}>{`${label} ${formatInt(bar[key] ?? 0)}`}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

/** What arrived over time and what became of it, of one signal or of all. */
export function ArrivalsPanel({ balance, range }: { balance: Balance; range: Range }) {
  const [chosen, setChosen] = useState('');
  const { interval, signals } = balance;
  const options = [{ value: '', label: 'All' }, ...signals.map(({ signal }) => ({ value: signal, label: signalName(signal) }))];
  const signal = options.some(({ value }) => value === chosen) ? chosen : '';
  const bars = intakeBars(balance, signal, rangeBounds(range, Date.now()));
  return (
    <section className="sec">
      <div className="sec-head">
        <h2>Arrivals</h2>
        <span className="sub">{intervalName(interval)}, UTC</span>
        <span className="grow" />
        {signals.length > 1 && <Segmented label="Signal" options={options} value={signal} onChange={setChosen} />}
      </div>
      <ul className="chart-key" aria-hidden="true">
        {FATES.map(({ key, label, colour }) => (
          <li key={key}>
            <i className="swatch small" style={{ background: colour }} />
            {label}
          </li>
        ))}
      </ul>
      <Suspense fallback={<ChartSpace />}>
        <StackChart bars={bars} parts={FATES} interval={interval} whole label={formatCompact} amount={formatInt} />
      </Suspense>
      <BarsTable bars={bars} interval={interval} />
    </section>
  );
}
