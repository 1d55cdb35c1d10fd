import type { ServerFailedError, ServerReport } from "@local-azure/stack";
import { exitCodes } from "../errors.ts";
import { seconds } from "../output.ts";
import type { Progress } from "../progress.ts";

/** Says what becomes of a server. */
export function sayServer(progress: Progress, report: ServerReport): void {
  if (report.kind === "up") progress.done(wordsFor(report));
  else progress.failed(wordsFor(report));
}

function wordsFor(report: ServerReport): string {
  const { server } = report;
  switch (report.kind) {
    case "down":
      return `${server} is down: ${clause(report.reason)}; it is started again in ${seconds(report.retryInMs)}`;
    case "up":
      return `${server} is up again after ${seconds(report.downMs)}`;
    case "failing":
      return [`${server} does not stay up: ${clause(report.reason)}; it is still tried`, ...report.output].join(
        "\n    ",
      );
    case "moved": {
      const holder = report.holder ? `process ${report.holder.id} (${report.holder.command})` : "another program";
      return `${server} had port ${report.port}, which ${holder} has now; its address is a new one`;
    }
  }
}

/** A sentence as the first part of one that goes on. */
const clause = (sentence: string) => sentence.replace(/\.$/, "");

/** A server could not be kept up, so nothing else was either. */
class StoppedError extends Error {
  override readonly name = "StoppedError";
  readonly exitCode = exitCodes.failed;
}

/** The failure of a server in words for whoever runs it. */
export function stoppedBy(failure: ServerFailedError, folder: string): Error {
  const { server, message, output } = failure;
  const written = output.length > 0 ? [`the last that ${server} wrote:`, ...output.map((line) => `  ${line}`)] : [];
  const state = `everything was stopped; ${folder} keeps the state, and what services wrote is in its folder logs`;
  return new StoppedError([message, ...written, state].join("\n"), { cause: failure });
}
