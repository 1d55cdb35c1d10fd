import { ServerFailedError, type ServerReport } from "@local-azure/stack";
import { describe, expect, test } from "vitest";
import { explain } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { sayServer, stoppedBy } from "./server-words.ts";

function said(report: ServerReport): readonly string[] {
  const lines: string[] = [];
  const note = (mark: string) => (text: string) => void lines.push(`${mark} ${text}`);
  const progress: Progress = { heading() {}, done: note("✓"), failed: note("✗"), doing() {}, close() {} };
  sayServer(progress, report);
  return lines;
}

describe("what becomes of a server is said in one line", () => {
  const server = "storage";
  test.each<[ServerReport, string]>([
    [
      { kind: "down", server, reason: "it could not start: no room is left.", retryInMs: 500 },
      "✗ storage is down: it could not start: no room is left; it is started again in 0.5 s",
    ],
    [{ kind: "up", server, downMs: 1_234 }, "✓ storage is up again after 1.2 s"],
    [
      { kind: "failing", server: "digits/staging", reason: "it fell over", output: ["first", "second"] },
      "✗ digits/staging does not stay up: it fell over; it is still tried\n    first\n    second",
    ],
    [
      { kind: "moved", server, port: 4711, holder: { id: 12, command: "python3 -m http.server" } },
      "✗ storage had port 4711, which process 12 (python3 -m http.server) has now; its address is a new one",
    ],
    [
      { kind: "moved", server, port: 4711 },
      "✗ storage had port 4711, which another program has now; its address is a new one",
    ],
  ])("%o", (report, line) => {
    expect(said(report)).toEqual([line]);
  });
});

test("a server that could not be kept up is an error with its reason, its last lines, and where the state is", () => {
  const failure = new ServerFailedError("storage", "storage has ended too often", { output: ["one", "two"] });
  expect(explain(stoppedBy(failure, "/state"))).toEqual({
    exitCode: 1,
    message: [
      "storage has ended too often",
      "the last that storage wrote:",
      "  one",
      "  two",
      "everything was stopped; /state keeps the state, and what services wrote is in its folder logs",
    ].join("\n"),
  });
});
