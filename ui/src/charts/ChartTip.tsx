export interface TipRow {
  name: string;
  text: string;
  colour: string;
}

/** What floats beside the pointer over a chart. */
export function ChartTip({ title, rows }: { title: string; rows: readonly TipRow[] }) {
  return (
    <div className="chart-tip">
      <b>{title}</b>
      {rows.length === 0 && <span className="muted">nothing</span>}
      {rows.map(({ name, text, colour }) => (
        <span key={name}>
          <i className="swatch small" style={{ background: colour }} />
          {name}
          <b>{text}</b>
        </span>
      ))}
    </div>
  );
}
