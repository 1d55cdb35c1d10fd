/** The last lines of a log, few enough to stand in an event. */
export function lastLines(log: string, lines = 12, characters = 1500): string {
  const last = log.trimEnd().split("\n").slice(-lines).join("\n");
  return last.length > characters ? `…${last.slice(-characters)}` : last;
}

/** The metrics that a run has printed, each in its last value: lines such as `metric accuracy=0.971`. */
export function metricsOf(log: string): Readonly<Record<string, string>> {
  const found = log.matchAll(/^(?:\[.*?\]\s*)?metric ([A-Za-z][\w-]{0,60})=(\S{1,40})\s*$/gm);
  return Object.fromEntries([...found].map(([, name = "", value = ""]) => [name, value]));
}
