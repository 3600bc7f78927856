import './intake.css';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { balanceQuery } from '../api/intake.ts';
import { useLive } from '../api/live.tsx';
import { EmptyRange } from '../parts/EmptyRange.tsx';
import { Loaded } from '../parts/Loaded.tsx';
import { Panel } from '../parts/Panel.tsx';
import { toRange } from '../url/range.ts';
import { ArrivalsPanel } from './ArrivalsPanel.tsx';
import { Equation } from './Equation.tsx';
import { JournalPanel } from './JournalPanel.tsx';
import { ReasonsPanel } from './ReasonsPanel.tsx';
import { SignalsPanel } from './SignalsPanel.tsx';

/** What is refused or sent twice starts no run and is announced by nothing, so the books are asked for it. */
const LOOK_EVERY_MS = 5000;

/** What senders sent, what became of it, why, and what still waits: the books of the receiver. */
export function IntakePage() {
  const range = toRange(useSearch({ from: '/intake' }));
  const { state } = useLive();
  const balance = useQuery({ ...balanceQuery(range), refetchInterval: state === 'paused' ? false : LOOK_EVERY_MS });
  return (
    <div className="pad">
      <Loaded query={balance} what="The balance" skeleton={<EquationSpace />}>
        {(data) =>
          data.received === 0 ? (
            <EmptyRange range={range} nothing="Nothing arrived" />
          ) : (
            <>
              <Equation balance={data} />
              <div className="cols-2">
                <Panel what="What arrived over time">
                  <ArrivalsPanel balance={data} range={range} />
                </Panel>
                <Panel what="The signals">
                  <SignalsPanel balance={data} />
                </Panel>
              </div>
              <ReasonsPanel balance={data} />
            </>
          )
        }
      </Loaded>
      <div className="across">
        <Panel what="What waits">
          <JournalPanel />
        </Panel>
      </div>
    </div>
  );
}

function EquationSpace() {
  return <div className="equation equation-space" role="status" aria-label="Loading" />;
}
