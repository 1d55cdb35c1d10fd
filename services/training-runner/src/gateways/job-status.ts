const over: ReadonlySet<string> = new Set(["completed", "failed", "canceled"]);

/** Whether a job of this status has ended; the workspace does not write its statuses in one case. */
export const isOver = (status: string): boolean => over.has(status.toLowerCase());
