import { describe, expect, test } from "vitest";
import { createAuthorization, MissingPermissionError, type Permission, UnknownRoleError } from "./index.ts";

const group = "/subscriptions/s/resourceGroups/g";
const account = `${group}/providers/Microsoft.Storage/storageAccounts/data`;
const drops = `${account}/blobServices/default/containers/drops`;
const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const workspace = `${group}/providers/Microsoft.MachineLearningServices/workspaces/w`;

const data = (action: string, scope: string): Permission => ({ plane: "data", action, scope });
const control = (action: string, scope: string): Permission => ({ plane: "control", action, scope });
const having = (role: string, scope: string) =>
  createAuthorization({ assignments: [{ principalId: "me", role, scope }], names: { me: "id-me" } });

describe("a role", () => {
  test("counts on its scope and below it, without regard to case, and nowhere else", () => {
    const { may } = having("Storage Blob Data Contributor", drops);
    expect(may("me", data(`${blobs}/write`, drops))).toBe(true);
    expect(may("me", data(`${blobs}/write`, `${drops.toUpperCase()}/blobs/a`))).toBe(true);
    expect(may("me", data(`${blobs}/write`, account))).toBe(false);
    expect(may("me", data(`${blobs}/write`, `${drops}-2`))).toBe(false);
    expect(may("somebody", data(`${blobs}/write`, drops))).toBe(false);
  });

  test("of a group counts for what is in the group", () => {
    expect(having("Storage Blob Data Reader", group).may("me", data(`${blobs}/read`, drops))).toBe(true);
  });

  test("allows what its actions say and no more: reading is not writing, resources are not what is in them", () => {
    const reader = having("Storage Blob Data Reader", drops);
    expect(reader.may("me", data(`${blobs}/write`, drops))).toBe(false);
    expect(having("Owner", drops).may("me", data(`${blobs}/read`, drops))).toBe(false);
  });

  test("leaves out what its notActions take out", () => {
    const scientist = having("AzureML Data Scientist", workspace);
    const namespace = "Microsoft.MachineLearningServices";
    expect(scientist.may("me", control(`${namespace}/workspaces/jobs/write`, workspace))).toBe(true);
    expect(scientist.may("me", control(`${namespace}/workspaces/computes/stop/write`, workspace))).toBe(false);
    expect(scientist.may("me", control(`${namespace}/workspaces/read`, workspace))).toBe(false);
    const contributor = having("Contributor", group);
    expect(contributor.may("me", control("Microsoft.Authorization/roleAssignments/write", group))).toBe(false);
    expect(contributor.may("me", control("Microsoft.Authorization/roleAssignments/read", group))).toBe(true);
  });

  test("sends or receives by an action in the middle of whose name a star stands", () => {
    const queue = `${group}/providers/Microsoft.ServiceBus/namespaces/n/queues/q`;
    const sender = having("Azure Service Bus Data Sender", queue);
    expect(sender.may("me", data("Microsoft.ServiceBus/namespaces/messages/send/action", queue))).toBe(true);
    expect(sender.may("me", data("Microsoft.ServiceBus/namespaces/messages/receive/action", queue))).toBe(false);
  });

  test("is known by its id as well, and one that is not known is refused by name", () => {
    const id =
      "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";
    expect(having(id, group).may("me", control("Microsoft.Web/sites/read", group))).toBe(true);
    expect(() => having("Emperor", group)).toThrow(UnknownRoleError);
  });
});

test("a refusal names who, the action and the resource, in the words of Resource Manager, and is told", () => {
  const refusals: MissingPermissionError[] = [];
  const assignments = [{ principalId: "me", role: "Storage Blob Data Reader", scope: drops }];
  const onRefusal = (refusal: MissingPermissionError) => void refusals.push(refusal);
  const { require } = createAuthorization({ assignments, names: { me: "id-me" }, onRefusal });
  require("me", data(`${blobs}/read`, drops));
  const refused = () => require("me", data(`${blobs}/delete`, drops));
  expect(refused).toThrow(MissingPermissionError);
  expect(refused).toThrow(
    `The client 'id-me' with object id 'me' does not have authorization to perform action '${blobs}/delete' over scope '${drops}'`,
  );
  expect(refusals.map(({ permission }) => permission.action)).toEqual([`${blobs}/delete`, `${blobs}/delete`]);
});

test("an assignment that is made later is believed after a while, and those of the beginning at once", () => {
  let now = 1_000;
  const authorization = createAuthorization({
    assignments: [{ principalId: "me", role: "Storage Blob Data Reader", scope: drops }],
    believedAfterMs: 300,
    now: () => now,
  });
  const write = data(`${blobs}/write`, drops);
  expect(authorization.may("me", data(`${blobs}/read`, drops))).toBe(true);
  authorization.assign({ principalId: "me", role: "Storage Blob Data Contributor", scope: drops });
  expect(authorization.may("me", write)).toBe(false);
  now += 299;
  // Made again, it is no younger.
  authorization.assign({ principalId: "me", role: "Storage Blob Data Contributor", scope: `${drops}/` });
  expect(authorization.may("me", write)).toBe(false);
  now += 1;
  expect(authorization.may("me", write)).toBe(true);
  // Another process that is told of them knows as much.
  const elsewhere = createAuthorization({ assignments: authorization.assignments, now: () => now });
  expect(elsewhere.may("me", write)).toBe(true);
  now -= 1;
  expect(elsewhere.may("me", write)).toBe(false);
});
