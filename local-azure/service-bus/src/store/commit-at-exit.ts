const commits = new Set<() => void>();

/**
 * Has `commit` called when the process exits, for those who end it without closing the store (a test runner, an
 * uncaught error). Returns how to take it back. One listener serves all stores: Node warns of many.
 */
export function commitAtExit(commit: () => void): () => void {
  if (commits.size === 0) process.on("exit", commitAll);
  commits.add(commit);
  return () => {
    commits.delete(commit);
    if (commits.size === 0) process.off("exit", commitAll);
  };
}

function commitAll(): void {
  for (const commit of commits) commit();
}
