import { inputFormats } from "@ratchet/contracts";
import { expect, test } from "vitest";
import { readerOf } from "./reader-of.ts";

test.each(inputFormats)(
  "files of the format %s have a reader (else: a file here, and its case in readerOf)",
  (format) => {
    expect(readerOf(format)).toBeTypeOf("function");
  },
);
