/** A link is where one is only when its whole address is, search included. Without this a link to less than the address counts too. */
export const EXACTLY = { exact: true, includeSearch: true } as const;
