import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { fewRunsQuery } from '../api/runs.ts';
import { shortTime, toMs } from '../format/time.ts';
import { EXACTLY } from '../parts/exactly.ts';
import { Icon } from '../parts/Icon.tsx';
import { Loaded } from '../parts/Loaded.tsx';
import { StarButton } from '../parts/StarButton.tsx';
import { useNow } from '../parts/useNow.ts';
import { costWords } from '../runs/cells.ts';

const MOST = 30;

/** The chats one may want to go on with. */
export function Recents({ active, onChoose }: { active: string | undefined; onChoose?: () => void }) {
  const runs = useQuery(fewRunsQuery({ feature: ['chat'], source: ['chat'], limit: MOST }));
  const now = useNow(60_000);
  return (
    <>
      <Link
        className="btn new-chat"
        activeOptions={EXACTLY}
        to="/chat"
        search={(search) => ({ range: search.range, from: search.from, to: search.to })}
        onClick={onChoose}
      >
        <Icon name="plus" small />
        New chat
      </Link>
      <Loaded query={runs} what="The chats">
        {(data) =>
          data.runs.length === 0 ? (
            <p className="quiet">Chats appear here once there are any.</p>
          ) : (
            <ul className="recents">
              {data.runs.map((run) => (
                <li key={run.runId} className={run.runId === active ? 'on' : undefined}>
                  <Link
                    to="/chat"
                    search={(search) => ({ ...search, runId: run.runId })}
                    activeOptions={EXACTLY}
                    aria-current={run.runId === active ? 'page' : undefined}
                    onClick={onChoose}
                  >
                    <span className="ell">{run.name}</span>
                    <small>
                      {shortTime(toMs(run.lastActivityAt), now)} · {costWords(run)}
                    </small>
                  </Link>
                  <StarButton run={run} small />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}
