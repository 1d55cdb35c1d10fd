import { ContractError, checkRun, type Envelope, trainModel } from "@ratchet/contracts";
import { expect, test } from "vitest";
import { on, onEvent, onEvery, type Route, routeFor } from "./routes.ts";

const occasion = { source: "test", cause: "a test", time: new Date(0) };
const command = checkRun.build(checkRun.example, occasion);

/** What a route's handler was given, of a message that goes to it; undefined where it was not called. */
async function given(message: Envelope, routeOf: (handle: (message: Envelope) => Promise<void>) => Route) {
  let seen: Envelope | undefined;
  const route = routeOf(async (handled) => {
    seen = handled;
  });
  await routeFor([route], message).handle(message, undefined as never);
  return seen;
}

test("a route of a contract hands over what the contract reads, and refuses what breaks it", async () => {
  const later = { ...command, data: { ...command.data, newer: true } };
  expect(await given(later, (handle) => on(checkRun, handle))).toEqual(command);
  const broken = { ...command, data: {} };
  await expect((async () => given(broken, (handle) => on(checkRun, handle)))()).rejects.toThrow(ContractError);
});

test("a route of Azure's events hands them over as they are", async () => {
  const event = { ...command, type: "Microsoft.Storage.BlobCreated", data: { api: "PutBlob" } };
  const types = ["Microsoft.Storage.BlobDeleted", "Microsoft.Storage.BlobCreated"];
  expect(await given(event, (handle) => onEvent(types, handle))).toBe(event);
});

test("a route of everything takes types that nobody here has heard of, as they are", async () => {
  const event = { ...command, type: "ratchet.weather.changed.v3", data: "sunny" };
  expect(await given(event, onEvery)).toBe(event);
});

test("the first route that takes a type has it; where none does, those that are taken are named", () => {
  const nothing = async () => undefined;
  const [checks, trainings, others] = [
    on(checkRun, nothing),
    on(trainModel, nothing),
    onEvent(["A.B", "C.D"], nothing),
  ];
  expect(routeFor([trainings, checks, onEvery(nothing)], command)).toBe(checks);
  expect(() => routeFor([trainings, others], command)).toThrow(
    new ContractError(
      "messages of type ratchet.check-run.v1 are not for this queue; it takes ratchet.train-model.v1, A.B, C.D",
    ),
  );
});
