import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as contracts from "@ratchet/contracts";
import { containers, eventSubscriptions, queues, services } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { placedDocuments } from "./documents.ts";
import { failurePicture } from "./failure-picture.ts";
import { documentation, pictures } from "./pictures.ts";
import { withTables } from "./tables.ts";

const root = join(import.meta.dirname, "..", "..");
const made = await documentation();
const drawn = await pictures();

describe("what is generated in the documentation", () => {
  test.each([...made])("%s is as the topology has it (else run: pnpm generate)", (path, text) => {
    expect(readFileSync(join(root, path), "utf8") === text, `${path} is stale; run pnpm generate`).toBe(true);
  });

  test("is the same to the byte when it is made again, here or in another process", async () => {
    expect(await pictures()).toEqual(drawn);
    const program = `import(${JSON.stringify(join(import.meta.dirname, "pictures.ts"))}).then(async ({ pictures }) => console.log(JSON.stringify([...(await pictures())])))`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--eval", program], { cwd: root });
    expect(new Map(JSON.parse(stdout))).toEqual(drawn);
  });
});

/** The words of a picture, in their order. */
const wordsOf = (svg: string): string => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, words]) => words).join(" ");

describe("the picture of messages", () => {
  const words = wordsOf(drawn.get("docs/pictures/messages.svg") ?? "").replaceAll("- ", "-");

  test.each([...Object.keys(queues), ...services])("shows %s", (name) => {
    expect(words).toContain(name);
  });

  test("has a line for every subscription, every queue and every service that sends to the queue of another", () => {
    const fromOthers = Object.values(queues).flatMap(({ senders, receiver }) =>
      (senders as readonly string[]).filter((who) => who !== receiver && who !== "operator" && who !== "event-grid"),
    );
    const svg = drawn.get("docs/pictures/messages.svg") ?? "";
    const lines = svg.match(/marker-end/g)?.length ?? 0;
    // Queues that no other service and no event fills: their receiver's own line is drawn.
    const ownOnly = Object.values(queues).filter(({ senders, receiver }) =>
      (senders as readonly string[]).every((who) => who === receiver || who === "operator"),
    ).length;
    const [subscribers, legend] = [1, 2];
    expect(lines).toBe(
      Object.keys(eventSubscriptions).length +
        Object.keys(queues).length +
        fromOthers.length +
        subscribers +
        ownOnly +
        legend,
    );
  });
});

describe("the picture of state", () => {
  const words = wordsOf(drawn.get("docs/pictures/state.svg") ?? "");

  test.each(Object.keys(containers))("shows the container %s", (name) => {
    expect(words).toContain(name);
  });

  test("has a place for every kind of document, once", () => {
    const names = Object.values(contracts).flatMap((value) =>
      typeof value === "object" && "toJson" in value && "name" in value ? [value.name] : [],
    );
    expect(names.length).toBeGreaterThan(5);
    for (const name of names)
      expect(
        placedDocuments.filter((placed) => placed.name === name),
        name,
      ).toHaveLength(1);
  });
});

describe("the picture of failure", () => {
  test("has the numbers of its queue", () => {
    const words = wordsOf(failurePicture("train-model"));
    const { retryDelays, maxDeliveryCount } = queues["train-model"];
    expect(words).toContain(`attempt ${retryDelays.length + 1} fails`);
    expect(words).toContain(`${maxDeliveryCount} deliveries`);
    expect(wordsOf(failurePicture("data-dropped"))).toContain("2 h");
  });
});

describe("a table in a text", () => {
  test.each(["messages", "subscriptions", "containers", "queues", "broker"])(
    "%s is in docs/architecture.md",
    (name) => {
      expect(made.get("docs/architecture.md")).toContain(`<!-- table ${name}, by pnpm generate -->\n\n|`);
    },
  );

  test("is made anew between its marks, and nothing else is touched", () => {
    const text = "before\n<!-- table broker, by pnpm generate -->\nold\n<!-- end -->\nafter";
    const fresh = withTables(text);
    expect(fresh).toMatch(/^before\n<!-- table broker, by pnpm generate -->\n\n\| queues .*\n\n<!-- end -->\nafter$/s);
    expect(withTables(fresh)).toBe(fresh);
  });

  test("is refused where there is none of its name", () => {
    expect(() => withTables("<!-- table quues, by pnpm generate -->\n<!-- end -->")).toThrow(
      "there is no table named quues; there are queues, broker",
    );
  });
});
