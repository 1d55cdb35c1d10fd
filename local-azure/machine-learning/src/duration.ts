const durationPattern = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$/;

/** The longest delay a Node timer takes. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Milliseconds of an ISO 8601 duration of days, hours, minutes and whole seconds (`P7D`, `PT1H30M`), which is what
 * Azure ML's limits allow; undefined for anything else.
 */
export function parseDuration(duration: string): number | undefined {
  const match = durationPattern.exec(duration);
  if (!match) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** Calls back after any time, also one that is longer than a single timer can be; returns what stops it. */
export function after(milliseconds: number, callback: () => void): () => void {
  const deadline = Date.now() + milliseconds;
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = deadline - Date.now();
    timer = left > longestTimerMs ? setTimeout(wait, longestTimerMs) : setTimeout(callback, Math.max(0, left));
  };
  wait();
  return () => clearTimeout(timer);
}
