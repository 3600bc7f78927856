/** What became of a draft. `later`: it cannot be said now what is booked of its trace; whoever sent it must come again. */
export const Booked = { duplicate: 0, yes: 1, deleted: 2, later: 3 } as const;
