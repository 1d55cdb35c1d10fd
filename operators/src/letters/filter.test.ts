import { expect, test } from "vitest";
import { letterWith } from "../testing/letters.ts";
import { groupOf } from "./cause.ts";
import { fits, type LetterFilter, sayFilter } from "./filter.ts";

const letter = letterWith();

test.each<[LetterFilter, boolean]>([
  [{}, true],
  [{ ids: ["data-dropped/7", "data-dropped/9"] }, true],
  [{ ids: ["data-dropped/9"] }, false],
  [{ ids: [] }, false],
  [{ place: "data-dropped" }, true],
  [{ place: "train-model" }, false],
  [{ type: "Microsoft.Storage.BlobCreated" }, true],
  [{ type: "ratchet.train-model.v1" }, false],
  [{ model: "weather" }, true],
  [{ model: "digits" }, false],
  [{ run: "digits-0f1e2d3c4b5a6978" }, false],
  [{ error: "UnknownModelError" }, true],
  [{ error: "ContractError" }, false],
  [{ group: groupOf(letter) }, true],
  [{ group: "another" }, false],
  [{ text: "NO MODEL" }, true],
  [{ text: "storage" }, false],
  [{ since: "2026-11-23T09:00:02Z" }, true],
  [{ since: "2026-11-23T09:00:03Z" }, false],
  [{ until: "2026-11-23T09:00:02Z" }, false],
  [{ until: "2026-11-23T10:00:03+01:00" }, true],
  [{ place: "data-dropped", model: "digits" }, false],
])("of a letter, %j fits: %s", (filter, expected) => {
  expect(fits(filter)(letter)).toBe(expected);
});

test("a filter is said in words", () => {
  expect(sayFilter({ place: "data-dropped", error: undefined, text: "no model" })).toBe(
    "place data-dropped, text no model",
  );
  expect(sayFilter({ ids: ["a/1"] })).toBe("a/1");
  expect(sayFilter({ ids: ["a/1", "a/2"] })).toBe("2 chosen");
  expect(sayFilter({})).toBe("all");
});
