import { describe, expect, test } from "vitest";
import { flat } from "./log-file.ts";

const host = { time: "2026-11-23T09:00:00.000Z", level: "information", site: "evaluator" };

describe("a line of a service's log file", () => {
  test("has the service's own fields beside the host's", () => {
    const message = JSON.stringify({ message: "judged: hold", model: "digits", queue: "evaluate-model" });
    expect(flat({ ...host, message })).toEqual({
      ...host,
      message: "judged: hold",
      model: "digits",
      queue: "evaluate-model",
    });
  });

  test("keeps the host's time and level whatever a service says of them", () => {
    const message = JSON.stringify({ message: "late", time: "never", level: "loud" });
    expect(flat({ ...host, message })).toEqual({ ...host, message: "late" });
  });

  test.each(["Executed 'Functions.data-dropped'", "17", '{"no":"words"}'])(
    "is left as it came where it is no line of ours: %s",
    (message) => {
      expect(flat({ ...host, message })).toEqual({ ...host, message });
    },
  );
});
