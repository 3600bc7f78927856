import { useQuery } from '@tanstack/react-query';
import { type Gauges, gaugesQuery } from '../api/intake.ts';
import { useLive } from '../api/live.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Loaded } from '../parts/Loaded.tsx';
import { factsOf, waiting } from './gauges.ts';

const LOOK_EVERY_MS = 2000;

function Facts({ gauges }: { gauges: Gauges }) {
  const facts = factsOf(gauges);
  if (facts.length === 0) return <p className="quiet">This server does not say what waits.</p>;
  return (
    <>
      <p className="verdict">
        {waiting(gauges) ? (
          <span className="row-of">
            <Icon name="running" small />
            Loading what was acknowledged. It is safe on disk, and shows up in lists and totals in a moment.
          </span>
        ) : (
          <span className="row-of">
            <span className="good">
              <Icon name="check" small />
            </span>
            All that was acknowledged is in the store. A sender gets its answer when the journal on disk has what it sent; the store is
            loaded from there.
          </span>
        )}
      </p>
      <dl className="journal">
        {facts.map(({ name, label, text, title, bad }) => (
          <div key={name} title={title}>
            <dt>{label}</dt>
            <dd className={bad ? 'bad' : undefined}>{text}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** What is acknowledged and not yet in the store, and how its books fared when they were last checked. */
export function JournalPanel() {
  const { state } = useLive();
  const gauges = useQuery({ ...gaugesQuery(), refetchInterval: state === 'paused' ? false : LOOK_EVERY_MS });
  return (
    <section className="sec">
      <div className="sec-head">
        <h2>The journal and the books</h2>
        <span className="sub">at this moment</span>
      </div>
      <Loaded query={gauges} what="What waits">
        {(data) => <Facts gauges={data} />}
      </Loaded>
    </section>
  );
}
