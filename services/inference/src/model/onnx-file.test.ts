import fc from "fast-check";
import { expect, test } from "vitest";
import { classifier, fixture } from "../testing/packages.ts";
import { readOnnxFile } from "./onnx-file.ts";
import { UnservableModelError } from "./unservable.ts";

test("what exporters write is read", async () => {
  for (const name of ["classifier", "mixed", "lookup", "fixed", "everything", "half"])
    expect(readOnnxFile(await fixture(name)).metadata.size).toBe(0);
});

test("metadata is read by name", () => {
  const entry = (key: string, value: string) => {
    const [name, text] = [Buffer.from(key), Buffer.from(value)];
    const fields = Buffer.concat([Buffer.from([10, name.length]), name, Buffer.from([18, text.length]), text]);
    return Buffer.concat([Buffer.from([114, fields.length]), fields]);
  };
  const { metadata } = readOnnxFile(Buffer.concat([classifier, entry("a", "1"), entry("ä", "2")]));
  expect([...metadata]).toEqual([
    ["a", "1"],
    ["ä", "2"],
  ]);
});

test("weights in another file are refused, since the model's digest does not cover them", async () => {
  const external = await fixture("external");
  expect(() => readOnnxFile(external)).toThrow(UnservableModelError);
  expect(() => readOnnxFile(external)).toThrow(/weights.*in another file/);
});

test.each(["custom", "custom-inside"])(
  "operators that ONNX Runtime has not of itself are refused: %s",
  async (name) => {
    const custom = await fixture(name);
    expect(() => readOnnxFile(custom)).toThrow(/needs the operator com\.example\.Divine/);
  },
);

test("whatever the bytes are, they are read or refused as no model", () => {
  const changed = fc.tuple(fc.nat(classifier.length - 1), fc.nat(255)).map(([at, byte]) => {
    const bytes = Buffer.from(classifier);
    bytes[at] = byte;
    return bytes;
  });
  const outcome = (bytes: Uint8Array) => {
    try {
      return readOnnxFile(bytes) && "read";
    } catch (error) {
      return error instanceof UnservableModelError ? "refused" : error;
    }
  };
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), changed), (bytes) => {
      expect(["read", "refused"]).toContain(outcome(bytes));
    }),
    { numRuns: 500 },
  );
});
