import { trainModel } from "@ratchet/contracts";
import { expect, test } from "vitest";
import { droppedEvent, letterWith } from "../testing/letters.ts";
import { EditError, editLetter } from "./edit.ts";
import { faultsOf } from "./faults.ts";

const event = trainModel.build(
  { model: "digits", through: 17, reason: "data" },
  {
    source: "data-watcher",
    time: new Date("2026-11-23T09:00:00Z"),
    cause: "a drop",
  },
);
const letter = letterWith({ event, body: event });

test("an edit has other data and an id of its own that follows from both; what it is known by stays", () => {
  const edited = editLetter(letter, { model: "digits", through: 18, reason: "request" });
  const { id, subject, ...rest } = edited;
  expect(subject).toMatch(/^models\/digits\//);
  expect(rest).toEqual({
    ...event,
    id: undefined,
    subject: undefined,
    causationid: event.id,
    data: { model: "digits", through: 18, reason: "request" },
  });
  expect(id).not.toBe(event.id);
  expect(editLetter(letter, { model: "digits", through: 18, reason: "request" }).id).toBe(id);
  expect(editLetter(letter, { model: "digits", through: 19, reason: "request" }).id).not.toBe(id);
});

test("an edit of an event that has no schema here changes its data alone", () => {
  const edited = editLetter(letterWith(), { api: "PutBlockList" });
  expect(edited).toEqual({
    ...droppedEvent,
    id: edited.id,
    causationid: droppedEvent.id,
    data: { api: "PutBlockList" },
  });
});

test.each([
  ["breaks the schema", { model: "digits", reason: 7 }, "data.reason"],
  ["has a field that nobody knows", { model: "digits", through: 1, reason: "data", volume: 11 }, "data"],
  ["would make it about something else", { model: "weather", through: 1, reason: "data" }, "data"],
])("an edit that %s is refused, and the field named", (_, data, path) => {
  expect(() => editLetter(letter, data)).toThrow(EditError);
  try {
    editLetter(letter, data);
  } catch (error) {
    expect(error).toMatchObject({ faults: [{ path }] });
  }
});

test("what is no CloudEvent cannot be edited, and its letter says so", () => {
  const stray = letterWith({ event: undefined, body: { hello: "world" } });
  expect(() => editLetter(stray, {})).toThrow("data-dropped/7 cannot be sent like this: it is no CloudEvent");
  expect(faultsOf(stray)).toEqual([{ path: "", message: "is no CloudEvent" }]);
});

test("the faults of a letter are those of its type's schema", () => {
  const broken = { ...event, data: { model: "Digits!", through: 1, reason: "data" } };
  expect(faultsOf(letterWith({ event: broken, body: broken }))).toMatchObject([{ path: "data.model" }]);
  expect(faultsOf(letter)).toEqual([]);
  expect(faultsOf(letterWith())).toEqual([]);
});
