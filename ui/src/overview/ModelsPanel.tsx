import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { breakdownQuery, seriesQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { ChartSpace } from '../charts/ChartSpace.tsx';
import { modelLabels } from '../format/ids.ts';
import { intervalName } from '../format/time.ts';
import { Unknown } from '../parts/Amount.tsx';
import { Loaded } from '../parts/Loaded.tsx';
import { Segmented } from '../parts/Segmented.tsx';
import { intervalFor } from '../url/range.ts';
import { axisAmount, barsOf, type Legend, legendOf, type StackMeasure, tooltipAmount } from './stack.ts';

const StackChart = lazy(() => import('../charts/StackChart.tsx'));

const MEASURES = [
  { value: 'cost', label: 'Cost' },
  { value: 'tokens', label: 'Tokens' },
  { value: 'calls', label: 'Calls' },
] as const satisfies readonly { value: StackMeasure; label: string }[];

const BARS = 31;

function LegendTable({ legend, measure }: { legend: Legend; measure: StackMeasure }) {
  const named = modelLabels(legend.rows.map(({ label }) => label));
  return (
    <table className="table legend" aria-label="Totals by model">
      <tbody>
        {legend.rows.map(({ key, label, colour, amount, share }) => (
          <tr key={key}>
            <th scope="row">
              <span>
                <i className="swatch" style={{ background: colour }} />
                <b className="ell" title={label}>
                  {named(label)}
                </b>
              </span>
            </th>
            <td className="num">
              {amount ?? (
                <Unknown why={measure === 'cost' ? 'No price for this model is known.' : 'No call of this model reported its usage.'} />
              )}
            </td>
            <td className="num muted">{share}</td>
          </tr>
        ))}
        <tr className="total">
          <th scope="row">Total</th>
          <td className="num">{legend.total}</td>
          <td className="num">100%</td>
        </tr>
      </tbody>
    </table>
  );
}

/** Cost, tokens or calls over time, stacked by model, with the totals beside. */
export function ModelsPanel({ scope }: { scope: Scope }) {
  const [measure, setMeasure] = useState<StackMeasure>('cost');
  const breakdown = useQuery(breakdownQuery(scope, 'model'));
  const series = useQuery(seriesQuery(scope, measure, 'model', BARS));
  const interval = intervalFor(scope.range, BARS);
  const label = MEASURES.find(({ value }) => value === measure)?.label ?? '';

  return (
    <section className="sec">
      <div className="sec-head">
        <h2>{label} by model</h2>
        <span className="sub">{intervalName(interval)}, UTC</span>
        <span className="grow" />
        <Segmented label="Measure" options={MEASURES} value={measure} onChange={setMeasure} />
      </div>
      <Loaded query={breakdown} what="The models">
        {(data) => {
          if (data.rows.length === 0) return <p className="quiet">No model was called in this range.</p>;
          const legend = legendOf(data, measure);
          return (
            <div className="with-legend">
              <Loaded query={series} what="The chart" skeleton={<ChartSpace />}>
                {(points) => (
                  <Suspense fallback={<ChartSpace />}>
                    <StackChart
                      bars={barsOf(points, legend)}
                      parts={legend.rows}
                      interval={interval}
                      whole={measure !== 'cost'}
                      label={axisAmount(measure)}
                      amount={tooltipAmount(measure)}
                    />
                  </Suspense>
                )}
              </Loaded>
              <LegendTable legend={legend} measure={measure} />
            </div>
          );
        }}
      </Loaded>
    </section>
  );
}
