import type { ReactNode } from 'react';
import type { RankedRow, Ranking } from './rows.ts';

interface BarListProps {
  ranking: Ranking;
  /** A variable, e.g. `--series-1`. */
  colour: string;
  name: (row: RankedRow) => ReactNode;
}

/** Rows with their share as a bar under the words. */
export function BarList({ ranking, colour, name }: BarListProps) {
  return (
    <ul className="bars">
      {ranking.rows.map((row) => (
        <li key={row.key || 'rest'}>
          <span className="bars-name">{row.count === 1 ? name(row) : <span className="muted">{row.count} more</span>}</span>
          <span className="num">
            {row.amount}
            <span className="bars-share">{row.share}</span>
          </span>
          <span className="bars-track">
            <i style={{ width: `${Math.max(0.6, row.ratio * 100)}%`, background: row.count === 1 ? `var(${colour})` : 'var(--text-3)' }} />
          </span>
        </li>
      ))}
      <li className="total">
        <span>Total</span>
        <span className="num">
          {ranking.total}
          <span className="bars-share">100%</span>
        </span>
      </li>
    </ul>
  );
}
