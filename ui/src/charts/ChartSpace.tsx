import './charts.css';

/** Keeps the place of a chart that is on its way. */
export function ChartSpace() {
  return <div className="chart-space" aria-busy="true" />;
}
