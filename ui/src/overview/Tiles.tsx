import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { seriesQuery, summaryQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { formatSpan } from '../format/duration.ts';
import { UNKNOWN } from '../format/money.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { rangeLength } from '../url/range.ts';
import { Spark } from './Spark.tsx';
import { SPARK, sparkValues, type Values, valuesOf, WITH_BEFORE } from './sparks.ts';
import { type Tile, type TileKey, tilesOf } from './tiles.ts';

const POINTS = 31;

function TileSpark({ tile, scope }: { tile: TileKey; scope: Scope }) {
  const measures = SPARK[tile];
  const [part, whole] = useQueries({ queries: measures.map((measure) => seriesQuery(scope, measure, 'none', POINTS)) });
  const before = useQuery({ ...seriesQuery({ ...scope, before: true }, measures[0], 'none', POINTS), enabled: WITH_BEFORE.has(tile) });
  if (!part?.data || (measures.length > 1 && !whole?.data)) return part?.isError || whole?.isError ? null : <span aria-busy="true" />;
  const values = sparkValues(tile, valuesOf(part.data), whole?.data && valuesOf(whole.data));
  return <Spark values={values} before={before.data && anything(valuesOf(before.data))} />;
}

/** A line of nothings is no line. */
const anything = (values: Values): Values | undefined => (values.some(Boolean) ? values : undefined);

function TileLink({ tile, scope }: { tile: Tile; scope: Scope }) {
  const { figure, change } = tile;
  const against = `vs the ${formatSpan(rangeLength(scope.range))} before`;
  return (
    <Link
      className="tile"
      to="/runs"
      search={(search) => ({ range: search.range, from: search.from, to: search.to, ...tile.search })}
      title={tile.title}
    >
      <span className="tile-label">{tile.label}</span>
      <span className="tile-figure">
        {figure?.value ?? <span className={tile.none ? 'tile-none' : 'tile-unknown'}>{tile.none ? 'none' : UNKNOWN}</span>}
        {figure?.unit && <small>{figure.unit}</small>}
      </span>
      <span className="tile-change">
        {change && <span className={change.tone === 'plain' ? undefined : change.tone}>{change.text} </span>}
        <span>{tile.note ?? (change ? against : 'nothing before to compare')}</span>
      </span>
      <span className="tile-spark">
        <TileSpark tile={tile.key} scope={scope} />
      </span>
    </Link>
  );
}

function TilesSkeleton() {
  return (
    <div className="tiles" role="status" aria-label="Loading">
      {Object.keys(SPARK).map((key) => (
        <div className="tile tile-skeleton" key={key} aria-hidden="true">
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}

export function Tiles({ scope }: { scope: Scope }) {
  const summary = useQuery(summaryQuery(scope));
  return (
    <Loaded query={summary} what="The key figures" skeleton={<TilesSkeleton />}>
      {(data) => (
        <section className="tiles" aria-label="Key figures">
          {tilesOf(data).map((tile) => (
            <TileLink key={tile.key} tile={tile} scope={scope} />
          ))}
        </section>
      )}
    </Loaded>
  );
}
