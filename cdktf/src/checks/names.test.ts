import { services } from "@ratchet/contracts";
import { expect, test } from "vitest";
import { namesOf } from "../stack/names.ts";
import { nameFaults } from "./names.ts";

test("the services have names that Azure takes, each its own, whatever the organisation and the environment", () => {
  expect(nameFaults(services)).toEqual([]);
});

test("the longest organisation and environment still give names that Azure takes", () => {
  const names = namesOf({ organisation: "abcdefgh", environment: "test" });
  for (const account of [names.dataAccount, names.workspaceAccount, names.modelAccount("x")])
    expect(account).toMatch(/^[a-z0-9]{3,24}$/);
  for (const vault of [names.keyVault, names.secretsVault]) expect(vault).toMatch(/^[a-z][a-z0-9-]{2,23}$/);
  expect(names.workspace.length).toBeLessThanOrEqual(33);
  expect(names.namespace.length).toBeLessThanOrEqual(50);
});

test.each([
  [["training-runner", "batch-runner"], /^batch-runner: shares a storage account with training-runner/],
  [["clean-data"], /^clean-data: shares a storage account with the data account/],
  [["workspace"], /^workspace: shares a storage account with the workspace/],
  [
    ["chat-notification"],
    /^chat-notification: its storage account would be stabcdefghtestnotification, .* shorter word/,
  ],
  [["verdict-Teller"], /^verdict-Teller: its storage account would be stabcdefghtestTeller/],
  [["the-one-that-tells-a-channel-of-all-verdicts"], /its function app would be .*shorter name/],
])("%j: what is wrong is said with what to do", (named, reason) => {
  expect(nameFaults(named)[0]).toMatch(reason);
});
