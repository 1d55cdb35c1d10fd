import { describe, expect, test } from "vitest";
import type { CloudEvent } from "../cloud-event.ts";
import type { AdvancedFilter } from "./advanced-filter.ts";
import { type EventFilter, matches } from "./filter.ts";

const event: CloudEvent = {
  specversion: "1.0",
  id: "1",
  source: "/subscriptions/s/storageAccounts/sa",
  type: "Microsoft.Storage.BlobCreated",
  subject: "/blobServices/default/containers/uploads/blobs/orders/Day-1.csv",
  time: "2026-01-02T03:04:05Z",
  correlation: "abc",
  data: {
    api: "PutBlockList",
    contentLength: 100,
    sealed: false,
    nothing: null,
    tags: ["red", "green"],
    sizes: [1, 50],
  },
};

const filterCases: readonly (readonly [string, EventFilter, boolean])[] = [
  ["no condition", {}, true],
  ["the type", { includedEventTypes: ["Other", "Microsoft.Storage.BlobCreated"] }, true],
  ["the type in another case", { includedEventTypes: ["microsoft.storage.blobcreated"] }, true],
  ["another type", { includedEventTypes: ["Microsoft.Storage.BlobDeleted"] }, false],
  ["no type at all", { includedEventTypes: [] }, true],
  ["the subject's beginning", { subjectBeginsWith: "/blobServices/default/containers/uploads/" }, true],
  ["the subject's beginning in another case", { subjectBeginsWith: "/BLOBSERVICES/" }, true],
  ["… where case counts", { subjectBeginsWith: "/BLOBSERVICES/", isSubjectCaseSensitive: true }, false],
  ["another beginning", { subjectBeginsWith: "/blobServices/default/containers/code/" }, false],
  ["the subject's end", { subjectEndsWith: ".CSV" }, true],
  ["… where case counts", { subjectEndsWith: ".CSV", isSubjectCaseSensitive: true }, false],
  ["both ends, one not met", { subjectBeginsWith: "/blobServices/", subjectEndsWith: ".json" }, false],
];

test.each(filterCases)("a filter on %s", (_, filter, expected) => {
  expect(matches(filter, event)).toBe(expected);
});

const stringCases: readonly (readonly [AdvancedFilter["operatorType"], readonly string[], boolean])[] = [
  ["StringIn", ["PutBlob", "putblocklist"], true],
  ["StringIn", ["Put"], false],
  ["StringNotIn", ["PutBlob"], true],
  ["StringNotIn", ["putblocklist"], false],
  ["StringBeginsWith", ["x", "putblock"], true],
  ["StringBeginsWith", ["list"], false],
  ["StringNotBeginsWith", ["list"], true],
  ["StringNotBeginsWith", ["put"], false],
  ["StringEndsWith", ["LIST"], true],
  ["StringEndsWith", ["Put"], false],
  ["StringNotEndsWith", ["Put"], true],
  ["StringNotEndsWith", ["list"], false],
  ["StringContains", ["BLOCK"], true],
  ["StringContains", ["copy"], false],
  ["StringNotContains", ["copy", "move"], true],
  ["StringNotContains", ["copy", "block"], false],
];

test.each(stringCases)("%s %j on data.api is %s", (operatorType, values, expected) => {
  const condition = { operatorType, key: "data.api", values } as AdvancedFilter;
  expect(matches({ advancedFilters: [condition] }, event)).toBe(expected);
});

const otherCases: readonly (readonly [AdvancedFilter, boolean])[] = [
  [{ operatorType: "NumberIn", key: "data.contentLength", values: [1, 100] }, true],
  [{ operatorType: "NumberIn", key: "data.contentLength", values: [1] }, false],
  [{ operatorType: "NumberNotIn", key: "data.contentLength", values: [1] }, true],
  [{ operatorType: "NumberNotIn", key: "data.contentLength", values: [100] }, false],
  [{ operatorType: "NumberLessThan", key: "data.contentLength", value: 100 }, false],
  [{ operatorType: "NumberLessThanOrEquals", key: "data.contentLength", value: 100 }, true],
  [{ operatorType: "NumberGreaterThan", key: "data.contentLength", value: 100 }, false],
  [{ operatorType: "NumberGreaterThan", key: "data.contentLength", value: 0 }, true],
  [{ operatorType: "NumberGreaterThanOrEquals", key: "data.contentLength", value: 100 }, true],
  [
    {
      operatorType: "NumberInRange",
      key: "data.contentLength",
      values: [
        [1, 2],
        [100, 200],
      ],
    },
    true,
  ],
  [{ operatorType: "NumberInRange", key: "data.contentLength", values: [[1, 99]] }, false],
  [{ operatorType: "NumberNotInRange", key: "data.contentLength", values: [[1, 99]] }, true],
  [{ operatorType: "NumberNotInRange", key: "data.contentLength", values: [[1, 100]] }, false],
  [{ operatorType: "BoolEquals", key: "data.sealed", value: false }, true],
  [{ operatorType: "BoolEquals", key: "data.sealed", value: true }, false],
  [{ operatorType: "IsNullOrUndefined", key: "data.nothing" }, true],
  [{ operatorType: "IsNullOrUndefined", key: "data.absent" }, true],
  [{ operatorType: "IsNullOrUndefined", key: "data.api" }, false],
  [{ operatorType: "IsNotNull", key: "data.api" }, true],
  [{ operatorType: "IsNotNull", key: "data.nothing" }, false],
  [{ operatorType: "StringIn", key: "correlation", values: ["ABC"] }, true],
  [{ operatorType: "StringIn", key: "eventType", values: ["Microsoft.Storage.BlobCreated"] }, true],
  [{ operatorType: "StringBeginsWith", key: "topic", values: ["/subscriptions/"] }, true],
  [{ operatorType: "StringContains", key: "subject", values: ["day-1"] }, true],
];

test.each(otherCases)("%j is %s", (condition, expected) => {
  expect(matches({ advancedFilters: [condition] }, event)).toBe(expected);
});

describe("a value of another type", () => {
  test.each<AdvancedFilter>([
    { operatorType: "StringIn", key: "data.contentLength", values: ["100"] },
    { operatorType: "NumberGreaterThan", key: "data.api", value: 0 },
    { operatorType: "BoolEquals", key: "data.absent", value: false },
  ])("meets no positive condition: %j", (condition) => {
    expect(matches({ advancedFilters: [condition] }, event)).toBe(false);
  });

  test.each<AdvancedFilter>([
    { operatorType: "StringNotIn", key: "data.absent", values: ["x"] },
    { operatorType: "NumberNotIn", key: "data.api", values: [1] },
  ])("meets every negative condition: %j", (condition) => {
    expect(matches({ advancedFilters: [condition] }, event)).toBe(true);
  });
});

describe("an array", () => {
  const on = (condition: AdvancedFilter): EventFilter => ({
    advancedFilters: [condition],
    enableAdvancedFilteringOnArrays: true,
  });

  test("meets a condition by one of its elements, where that is enabled", () => {
    const condition: AdvancedFilter = { operatorType: "StringIn", key: "data.tags", values: ["green"] };
    expect(matches(on(condition), event)).toBe(true);
    expect(matches({ advancedFilters: [condition] }, event)).toBe(false);
  });

  test("meets a negative condition by all of its elements", () => {
    const without = (value: string): AdvancedFilter => ({
      operatorType: "StringNotIn",
      key: "data.tags",
      values: [value],
    });
    expect(matches(on(without("blue")), event)).toBe(true);
    expect(matches(on(without("green")), event)).toBe(false);
  });
});

test("every advanced filter must be met", () => {
  const met: AdvancedFilter = { operatorType: "StringIn", key: "data.api", values: ["PutBlockList"] };
  const unmet: AdvancedFilter = { operatorType: "NumberGreaterThan", key: "data.contentLength", value: 100 };
  expect(matches({ advancedFilters: [met, met] }, event)).toBe(true);
  expect(matches({ advancedFilters: [met, unmet] }, event)).toBe(false);
});
