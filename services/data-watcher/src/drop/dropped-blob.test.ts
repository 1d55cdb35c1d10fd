import { blobSubject } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { MisplacedDropError, readDropEvent, UnreadableEventError } from "./dropped-blob.ts";

const event = (path: string, data: object = {}) => ({
  subject: blobSubject("drops", path),
  data: { api: "PutBlob", eTag: "0x8D1", contentLength: 5, ...data },
});

describe("a blob event", () => {
  test("names model, file and the version of the blob", () => {
    expect(readDropEvent(event("digits/2026/part 1.csv", { eTag: '"0x8D1"' }))).toEqual({
      kind: "drop",
      drop: { model: "digits", file: "digits/2026/part 1.csv", etag: "0x8D1" },
    });
  });

  test.each(["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"])(
    "counts after %s, which completes a blob",
    (api) => {
      expect(readDropEvent(event("digits/a.csv", { api })).kind).toBe("drop");
    },
  );

  test.each(["CreateFile", "AppendBlob", undefined])(
    "does not count after %s, or one file would be taken twice",
    (api) => {
      expect(readDropEvent(event("digits/a.csv", { api, contentLength: 0 })).kind).toBe("ignore");
    },
  );

  test("of a file in no model's folder says where to drop it", () => {
    expect(() => readDropEvent(event("a.csv"))).toThrow(MisplacedDropError);
    expect(() => readDropEvent(event("a.csv"))).toThrow("drop it as <model>/a.csv");
    // No model can be called so: nobody will ever apply it.
    expect(() => readDropEvent(event("Digits 2024/may/a.csv"))).toThrow(MisplacedDropError);
    expect(() => readDropEvent(event("Digits 2024/may/a.csv"))).toThrow("drop it as <model>/may/a.csv");
    expect(() => readDropEvent(event("_sweeps/a.csv"))).toThrow(MisplacedDropError);
  });

  test("of another container, or without an ETag, cannot be read", () => {
    expect(() => readDropEvent({ subject: blobSubject("runs", "a/b"), data: {} })).toThrow(UnreadableEventError);
    expect(() => readDropEvent(event("digits/a.csv", { eTag: undefined }))).toThrow(UnreadableEventError);
  });
});
