import { settings } from "@ratchet/contracts";
import { expect, test } from "vitest";
import { WrongInputError } from "../errors.ts";
import { givenSettings } from "./topology.ts";

const table = {
  ...settings,
  CHAT_CHANNEL: { description: "The channel to tell.", readers: ["console"], from: "configuration", default: "#all" },
  CHAT_WEBHOOK: { description: "The address to call.", readers: ["console"], from: "secret" },
} as const;

test("the local Azure knows all that the services of Ratchet read", () => {
  expect(givenSettings({})).toEqual({});
});

test("a setting that the local Azure does not know comes from the environment, else from the table", () => {
  const CHAT_WEBHOOK = "http://localhost/hook";
  expect(givenSettings({ CHAT_WEBHOOK }, table)).toEqual({ CHAT_CHANNEL: "#all", CHAT_WEBHOOK });
  expect(givenSettings({ CHAT_WEBHOOK, CHAT_CHANNEL: "#models" }, table)).toMatchObject({ CHAT_CHANNEL: "#models" });
});

test("a setting that is nowhere is named, with what it is and how to give it", () => {
  expect(() => givenSettings({}, table)).toThrow(WrongInputError);
  expect(() => givenSettings({}, table)).toThrow("export CHAT_WEBHOOK=…   # The address to call.");
});
