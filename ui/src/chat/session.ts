/**
 * One sitting at the chat. A new chat gets its run with the first message, and with it another address; the sitting goes on.
 * Any other change of the address begins a new sitting.
 */
export interface Session {
  id: number;
  /** The run in the address. */
  runId: string | undefined;
  /** The run this sitting went on with; none when it began a new chat. */
  resumed: string | undefined;
  /** The run this sitting began, until the address says so. */
  begun: string | undefined;
}

export function firstSession(runId: string | undefined): Session {
  return { id: 0, runId, resumed: runId, begun: undefined };
}

/** The sitting after the address was read again; the same object where nothing changed. */
export function nextSession(session: Session, runId: string | undefined): Session {
  if (runId === session.runId) return session;
  if (runId !== undefined && runId === session.begun) return { ...session, runId, begun: undefined };
  return { id: session.id + 1, runId, resumed: runId, begun: undefined };
}
