import { shortModel } from '../format/ids.ts';
import { Icon } from '../parts/Icon.tsx';
import { KindMark, StatusMark } from '../parts/marks.tsx';
import { PlainText, RichText } from '../run/MessageBody.tsx';
import { compactJson } from '../run/story.ts';
import type { ToolUse, Turn } from './turns.ts';

function Tool({ tool }: { tool: ToolUse }) {
  const [args, result] = [compactJson(tool.args), compactJson(tool.result)];
  return (
    <div className={`call kind-tool${tool.failed ? ' failed' : ''}`}>
      <div className="call-head">
        {tool.failed ? <StatusMark status="failed" /> : <KindMark kind="tool" small />}
        <span className="mono">{tool.name}</span>
      </div>
      <pre>
        {args}
        {args && result ? ' → ' : ''}
        {result}
      </pre>
    </div>
  );
}

interface TurnViewProps {
  turn: Turn;
  /** Asks again; there for the last turn only. */
  onRetry: (() => void) | undefined;
}

/** One thing that was said. */
export function TurnView({ turn, onRetry }: TurnViewProps) {
  const { role, text, tools, model, state, error } = turn;
  if (role === 'user') {
    return (
      <li className="turn user">
        <div className="message-who">
          <b>You</b>
        </div>
        <PlainText text={text} />
      </li>
    );
  }
  return (
    <li className="turn" aria-busy={state === 'streaming'}>
      <div className="message-who">
        <KindMark kind="llm" small />
        <b title={model ?? undefined}>{shortModel(model ?? 'assistant')}</b>
      </div>
      {tools.map((tool, index) => (
        <Tool key={`${tool.name} ${index.toString()}`} tool={tool} />
      ))}
      {text && <RichText text={text} />}
      {state === 'streaming' && <span className="typing" role="status" aria-label="The answer is being written" />}
      {state === 'stopped' && <p className="quiet">Stopped.</p>}
      {state === 'failed' && (
        <div className="turn-failed" role="alert">
          <span className="status status-failed">
            <Icon name="failed" small />
          </span>
          <span>{error}</span>
          {onRetry && (
            <button type="button" className="btn small" onClick={onRetry}>
              <Icon name="retry" small />
              Try again
            </button>
          )}
        </div>
      )}
    </li>
  );
}
