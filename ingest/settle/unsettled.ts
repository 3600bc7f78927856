/** Why drafts of one trace cannot be settled now, while those of others can: they are to be sent again. */
export class UnsettledError extends Error {}

/** The store lacks batches without which nobody knows what is booked of the trace. It will have them. */
export class AwaitedError extends UnsettledError {}

/** What memory says of the trace is not what the store has. */
export class OutOfStepError extends UnsettledError {}
