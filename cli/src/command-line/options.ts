/** For every command with a result. */
export const jsonOption = ["--json", "print the result as JSON"] as const;

/** For commands that run the services here. */
export const noSetUpOption = ["--no-set-up", "take Python and the services' bundles as they are"] as const;

/** Parses an option that may be given more than once. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
