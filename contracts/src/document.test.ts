import { describe, expect, test } from "vitest";
import { z } from "zod";
import { DocumentError, defineDocument, NewerFormatError } from "./document.ts";

const page = defineDocument({
  name: "page",
  description: "A page of a book.",
  schema: z.object({ number: z.number().int(), text: z.string(), notes: z.array(z.string()).default([]) }),
  example: { number: 1, text: "It was a bright cold day in April.", notes: [] },
  upgrades: [
    ({ body, ...rest }) => ({ ...rest, text: body }),
    ({ number, ...rest }) => ({ ...rest, number: Number(number) + 1 }),
  ],
});

describe("a stored document", () => {
  test("states the format it is written in and is read back as it was", () => {
    expect(page.toJson(page.example)).toEqual({ format: 3, ...page.example });
    expect(page.parse(page.toJson(page.example))).toEqual(page.example);
  });

  test("of every former format is read by one upgrade after the other; from before formats were stated, it is the first", () => {
    const read = { number: 5, text: "called me Ishmael", notes: [] };
    expect(page.parse({ number: 4, body: "called me Ishmael" })).toEqual(read);
    expect(page.parse({ format: 1, number: 4, body: "called me Ishmael" })).toEqual(read);
    expect(page.parse({ format: 2, number: 4, text: "called me Ishmael" })).toEqual(read);
  });

  test("of a former format that its upgrade cannot make sense of is refused as such", () => {
    const shelf = defineDocument({
      name: "shelf",
      description: "A shelf.",
      schema: z.object({ label: z.string() }),
      example: { label: "a" },
      upgrades: [({ label }) => ({ label: (label as string).toLowerCase() })],
    });
    expect(() => shelf.parse({ format: 1 })).toThrow(DocumentError);
    expect(() => shelf.parse({ format: 1 })).toThrow("not a shelf: format 1 cannot be made format 2: ");
  });

  test("that a later version wrote is refused as such, not as broken", () => {
    expect(() => page.parse({ format: 4, number: 1, text: "" })).toThrow(NewerFormatError);
    expect(() => page.parse({ format: 4 })).toThrow("a page of format 4, and this version reads up to 3; update");
  });

  test.each([
    [{ format: 3, number: "one", text: "" }, "not a page: number: "],
    [{ format: "new" }, 'its format is "new", not a number from 1'],
    [{ format: 0 }, "its format is 0"],
    [[], "it is no JSON object"],
    [null, "it is no JSON object"],
  ])("%j is refused with what is wrong", (json, why) => {
    expect(() => page.parse(json)).toThrow(DocumentError);
    expect(() => page.parse(json)).toThrow(why);
  });

  test("is not written with what its readers would refuse, nor with fields they do not know", () => {
    expect(() => page.toJson({ number: 1.5, text: "", notes: [] })).toThrow("not a page: number");
    const more = { number: 1, text: "", notes: [], colour: "blue" };
    expect(page.toJson(more)).toEqual({ format: 3, number: 1, text: "", notes: [] });
  });
});
