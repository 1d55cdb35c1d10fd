/** How long to wait for what, in milliseconds. Generous: a slow machine is not a failure. */
export const patience = { soon: 60_000, training: 240_000 } as const;
