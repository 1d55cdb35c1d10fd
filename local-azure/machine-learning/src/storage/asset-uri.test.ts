import { expect, test } from "vitest";
import { parseAssetUri } from "./asset-uri.ts";

test.each([
  ["azureml://datastores/runs/paths/r1/train", { kind: "datastore", datastore: "runs", path: "r1/train" }],
  ["azureml://datastores/runs/paths/r1/train/", { kind: "datastore", datastore: "runs", path: "r1/train" }],
  ["azureml://datastores/runs/paths", { kind: "datastore", datastore: "runs", path: "" }],
  [
    "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/runs/paths/a",
    { kind: "datastore", datastore: "runs", path: "a" },
  ],
  ["azureml://jobs/j1/outputs/model", { kind: "job output", job: "j1", output: "model", path: "" }],
  ["azureml://jobs/j1/outputs/model/paths/a/b", { kind: "job output", job: "j1", output: "model", path: "a/b" }],
  ["azureml:penguins:3", { kind: "data asset", name: "penguins", version: "3" }],
  [
    "https://sa.blob.core.windows.net/runs/r1/a%20b.csv",
    { kind: "blob", containerUrl: "https://sa.blob.core.windows.net/runs", path: "r1/a b.csv" },
  ],
  [
    "https://localhost:1234/devstoreaccount1/runs/r1",
    { kind: "blob", containerUrl: "https://localhost:1234/devstoreaccount1/runs", path: "r1" },
  ],
])("%s is read", (uri, expected) => {
  expect(parseAssetUri(uri)).toEqual(expected);
});

test.each(["s3://bucket/x", "runs/r1", "", "azureml://datastores//paths/x", "https://localhost:1/account"])(
  "%j is refused with a message that shows it",
  (uri) => {
    expect(() => parseAssetUri(uri)).toThrow(`'${uri}'`);
  },
);
