import { expect, test } from "vitest";
import { WrongInputError } from "../errors.ts";
import { givenSettings } from "./topology.ts";

const table = {
  ENDPOINT: { description: "Where it is.", readers: "all", from: "infrastructure" },
  CHANNEL: { description: "The channel to tell.", readers: ["console"], from: "configuration", default: "#all" },
  WEBHOOK: { description: "The address to call.", readers: ["console"], from: "secret" },
} as const;

test("a setting that the local Azure does not know comes from the environment, else from the table", () => {
  const WEBHOOK = "http://localhost/hook";
  expect(givenSettings({ WEBHOOK, ENDPOINT: "elsewhere" }, table)).toEqual({ CHANNEL: "#all", WEBHOOK });
  expect(givenSettings({ WEBHOOK, CHANNEL: "#models" }, table)).toEqual({ CHANNEL: "#models", WEBHOOK });
});

test("a setting that is nowhere is named, with what it is and how to give it", () => {
  expect(() => givenSettings({ WEBHOOK: "" }, table)).toThrow(WrongInputError);
  expect(() => givenSettings({}, table)).toThrow("export WEBHOOK=…   # The address to call.");
});
