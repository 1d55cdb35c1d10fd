/** How a process ended, in words that follow its name: "was killed by SIGKILL", "ended with exit code 1". */
export function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
}
