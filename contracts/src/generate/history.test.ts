import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { defineDocument } from "../document.ts";
import { defineContract } from "../envelope.ts";
import {
  faultsOf,
  goldenFolder,
  isNew,
  newVersion,
  orphans,
  rewritten,
  unlisted,
  type Version,
  versionsOf,
} from "./history.ts";
import { published, publishedDocument, publishedMessage } from "./published.ts";

describe.each(published)("what was ever published of $name", (subject) => {
  const versions = versionsOf(subject);

  test("is kept, with today's version as the newest (else run: pnpm generate)", () => {
    expect(versions.length).toBeGreaterThan(0);
    expect(isNew(subject, versions), `${subject.folder} has a version that is not published`).toBe(false);
  });

  test("is read by today's code, and what subscribers have still reads today's", () => {
    expect(faultsOf(subject, versions)).toEqual([]);
  });

  test.each(versions)("keeps to the schema of its time, version $number", ({ sample, schema }) => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    expect(validate(sample), JSON.stringify(validate.errors)).toBe(true);
  });
});

test("history is only added to: no published version was changed, removed, or left out of SHA256SUMS", () => {
  expect(rewritten()).toEqual([]);
  expect(unlisted()).toEqual([]);
  expect(orphans(published)).toEqual([]);
});

test("a published version that is changed is named", () => {
  const golden = mkdtempSync(join(tmpdir(), "ratchet-golden-"));
  onTestFinished(() => rmSync(golden, { recursive: true }));
  cpSync(goldenFolder, golden, { recursive: true });
  writeFileSync(join(golden, "ratchet.model.promoted.v1/1.json"), "{}\n");
  rmSync(join(golden, "documents/verdict/1.json"));
  expect(rewritten(golden)).toEqual([
    "golden/documents/verdict/1.json was changed or removed; history is only added to: restore it",
    "golden/ratchet.model.promoted.v1/1.json was changed or removed; history is only added to: restore it",
  ]);
  expect(unlisted(golden)).toEqual(["golden/ratchet.model.promoted.v1/1.json"]);
});

const parcel = { address: z.string(), weight: z.number(), carrier: z.string() };
const exampleParcel = { address: "Unter den Linden 1", weight: 2, carrier: "post" };

/** An event as its file would define it. */
const parcelSent = (
  data: z.ZodRawShape,
  example: Readonly<Record<string, unknown>> = exampleParcel,
  subject: (data: Record<string, unknown>) => string = () => "parcels/1",
) =>
  publishedMessage(
    defineContract({
      type: "ratchet.parcel.sent.v1",
      kind: "event",
      statedBy: ["deployer"],
      description: "A parcel is on its way.",
      data: z.object(data),
      subject,
      example,
    }),
  );

describe("a change of an event", () => {
  const first = parcelSent(parcel);
  const versions: readonly Version[] = [{ number: 1, sample: first.sample, schema: first.written }];
  const changed = (fields: z.ZodRawShape, example: object = {}) => {
    const subject = parcelSent({ ...parcel, ...fields }, { ...exampleParcel, ...example });
    return { subject, faults: faultsOf(subject, versions) };
  };

  test("that adds an optional field breaks nobody, and is published as one more version", () => {
    const { subject, faults } = changed({ region: z.string().optional() }, { region: "westeurope" });
    expect(faults).toEqual([]);
    expect([...newVersion(subject, versions).keys()]).toEqual([
      "ratchet.parcel.sent.v1/2.json",
      "ratchet.parcel.sent.v1/2.schema.json",
    ]);
  });

  test("that adds a field with a default breaks nobody", () => {
    expect(changed({ region: z.string().default("unknown") }, { region: "westeurope" }).faults).toEqual([]);
  });

  test("that adds a required field would refuse what was sent before: it is refused with the way out", () => {
    const { faults } = changed({ region: z.string() }, { region: "westeurope" });
    expect(faults[0]).toContain("ratchet.parcel.sent.v1: version 1 is not read any more: ");
    expect(faults[0]).toContain("region");
    expect(faults[0]).toContain("make the field optional, or give it a default; else define ratchet.parcel.sent.v2");
  });

  test("that makes a required field optional breaks subscribers who keep to the former schema", () => {
    const { faults } = changed({ address: z.string().optional() });
    expect(faults).toEqual([
      expect.stringMatching(/data\.address: may be missing.*subscribers who keep to version 1 refuse it/),
    ]);
  });

  test("that takes a word out of what is read would refuse what was sent before, sample or not", () => {
    const { faults } = changed({ carrier: z.enum(["post"]) });
    expect(faults.join()).toMatch(/data\.carrier: may be anything.*what was sent or kept as version 1 is refused/);
  });

  test("that gives it another subject is one that subscribers who filter by it miss", () => {
    const moved = parcelSent(parcel, exampleParcel, ({ carrier }) => `carriers/${carrier}/parcels/1`);
    expect(isNew(moved, versions)).toBe(true);
    expect(faultsOf(moved, versions)).toEqual([
      expect.stringMatching(
        /subject: was parcels\/1 and would be carriers\/post\/parcels\/1: subscribers who filter by the subject of version 1 miss it/,
      ),
    ]);
  });

  test("that only says something in other words is no version", () => {
    const { subject } = changed({ address: z.string().describe("Where it goes.") });
    expect(isNew(subject, versions)).toBe(false);
  });
});

describe("a change of a document", () => {
  const fields = { model: z.string(), rows: z.number() };
  const define = (
    schema: z.ZodObject,
    example: Record<string, unknown>,
    upgrades: Parameters<typeof defineDocument>[0]["upgrades"] = [],
  ) => publishedDocument(defineDocument({ name: "ledger page", description: "A page.", schema, example, upgrades }));
  const first = define(z.object(fields), { model: "digits", rows: 1 });
  const versions: readonly Version[] = [{ number: 1, sample: first.sample, schema: first.written }];

  test("that renames a field without a format of its own is refused with the way out", () => {
    const renamed = define(z.object({ model: z.string(), count: z.number() }), { model: "digits", count: 1 });
    expect(faultsOf(renamed, versions)).toEqual([
      expect.stringMatching(/version 1 is not read any more.*count.*else let it be format 2, with an upgrade from 1/),
    ]);
  });

  test("that renames a field as the next format, with an upgrade, reads both", () => {
    const renamed = define(z.object({ model: z.string(), count: z.number() }), { model: "digits", count: 1 }, [
      ({ rows, ...rest }) => ({ ...rest, count: rows }),
    ]);
    expect(faultsOf(renamed, versions)).toEqual([]);
    expect(renamed.parse(first.sample)).toEqual({ model: "digits", count: 1 });
    expect(renamed.sample).toMatchObject({ format: 2 });
  });
});
