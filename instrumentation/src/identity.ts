import { type Context, context, createContextKey, propagation } from '@opentelemetry/api';
import { RUN } from './names.ts';
import { present } from './safely.ts';

/** Which run a span belongs to, and whose it is. Travels down the call tree, and to other services as W3C baggage. */
export interface Identity {
  runId: string;
  feature?: string | undefined;
  sourceId?: string | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
}

const KEY = createContextKey('airuns.identity');

/** The identity of the context: set by `run()` in this process, else received from the calling service. */
export function identityIn(ctx: Context = context.active()): Identity | undefined {
  return (ctx.getValue(KEY) as Identity | undefined) ?? identityFromBaggage(ctx);
}

export function withIdentity(ctx: Context, identity: Identity): Context {
  let baggage = propagation.getBaggage(ctx) ?? propagation.createBaggage();
  for (const [name, value] of Object.entries(identityAttributes(identity))) baggage = baggage.setEntry(name, { value });
  return propagation.setBaggage(ctx.setValue(KEY, identity), baggage);
}

/** The attributes every span of the run carries. */
export function identityAttributes(identity: Partial<Identity>): Record<string, string> {
  return present({
    [RUN.id]: identity.runId,
    [RUN.feature]: identity.feature,
    [RUN.sourceId]: identity.sourceId,
    [RUN.userId]: identity.userId,
    [RUN.sessionId]: identity.sessionId,
  });
}

/** Baggage counts only with a run id in it: `user.id` alone may be anybody's. */
function identityFromBaggage(ctx: Context): Identity | undefined {
  const baggage = propagation.getBaggage(ctx);
  const runId = baggage?.getEntry(RUN.id)?.value;
  if (!baggage || !runId) return undefined;
  const value = (name: string) => baggage.getEntry(name)?.value;
  return {
    runId,
    feature: value(RUN.feature),
    sourceId: value(RUN.sourceId),
    userId: value(RUN.userId),
    sessionId: value(RUN.sessionId),
  };
}
