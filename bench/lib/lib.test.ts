import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { barChart } from "./bar-chart.ts";
import { ratio, shortNumber } from "./format.ts";
import { freePorts } from "./free-port.ts";
import { end, residentBytes } from "./process.ts";
import { rateOf } from "./rate.ts";
import { median, percentile } from "./statistics.ts";
import { table } from "./table.ts";
import { until } from "./until.ts";

describe("statistics", () => {
  test("take the nearest rank for a percentile, whatever the order of the values", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([percentile(values, 0), percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)]).toEqual([
      1, 50, 99, 100,
    ]);
    expect(median([3, 1, 2])).toBe(2);
  });

  test("refuse to speak of no values", () => {
    expect(() => median([])).toThrow("at least one value");
  });
});

describe("numbers", () => {
  test("have three significant digits", () => {
    expect([12_345, 1234, 123.4, 12.34, 1.234, 0.1234, 0.01234, 0].map(shortNumber)).toEqual([
      "12,300",
      "1,230",
      "123",
      "12.3",
      "1.23",
      "0.123",
      "0.0123",
      "0",
    ]);
    expect(ratio(1.005)).toBe("1.00×");
  });
});

describe("a table", () => {
  test("aligns its first column to the left and the others to the right", () => {
    expect(
      table(
        ["work", "n"],
        [
          ["a", "100"],
          ["longer", "1"],
        ],
      ),
    ).toBe("work      n\n──────  ───\na       100\nlonger    1");
  });
});

describe("a bar chart", () => {
  test("draws each bar in proportion to the longest of its group, and escapes its texts", () => {
    const bars = [
      { series: 0, value: 10, text: "10" },
      { series: 1, value: 5, text: "<5>" },
    ];
    const svg = barChart({
      title: "a & b",
      subtitle: "",
      series: ["x", "y"],
      groups: [{ label: "g", note: "", bars }],
    });
    const widths = [...svg.matchAll(/<rect x="370"[^>]*width="([\d.]+)" height="14"/gu)].map(([, width]) =>
      Number(width),
    );
    expect(widths).toHaveLength(2);
    expect(widths[0]).toBeCloseTo(2 * Number(widths[1]), 0);
    expect(svg).toContain("a &#38; b");
    expect(svg).toContain("&#60;5&#62;");
  });
});

describe("processes and ports", () => {
  test("gives different ports that are free", async () => {
    const ports = await freePorts(3);
    expect(new Set(ports).size).toBe(3);
    for (const port of ports) {
      const server = createServer();
      await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
      server.close();
    }
  });

  test("reads the resident memory of a process, and ends it", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    expect(await residentBytes(child.pid ?? 0)).toBeGreaterThan(1024 * 1024);
    await end(child);
    expect(child.signalCode).toBe("SIGTERM");
    await end(child);
  });

  test("asks again until there is an answer, or throws the last error", async () => {
    let asked = 0;
    const answer = async () => {
      asked += 1;
      if (asked < 3) throw new Error("not yet");
      return asked;
    };
    expect(await until(5, answer)).toBe(3);
    await expect(until(0, () => Promise.reject(new Error("never")))).rejects.toThrow("never");
  });
});

test("a rate has an interval that holds it, narrower with more trials", () => {
  // Wilson's for 3 of 100, as R's prop.test(3, 100, correct = FALSE) has it.
  expect(rateOf(3, 100)).toEqual({
    happened: 3,
    trials: 100,
    from: expect.closeTo(0.01025, 5),
    to: expect.closeTo(0.08452, 5),
  });
  expect(rateOf(0, 100).from).toBeCloseTo(0, 12);
  expect(rateOf(0, 1000).to).toBeLessThan(rateOf(0, 100).to);
});
