import type { DeploymentRecord, Release } from "@ratchet/contracts";
import type { Served, Serving } from "../gateways/inference-app.ts";

/** The release that is to serve: the deployment's own, or the former one again once its own has failed in production. */
export const goalOf = ({
  release,
  former,
  turnedBack,
}: Pick<DeploymentRecord, "release" | "former" | "turnedBack">): Release =>
  turnedBack === undefined ? release : (former ?? release);

/** Whether what an app says that it serves is a release. The model's digest decides where both sides know it. */
export const isSame = (served: Served, release: Pick<Release, "version" | "code" | "onnx">): boolean =>
  served.version === release.version &&
  served.code === release.code &&
  (served.onnx === undefined || release.onnx.sha256 === undefined || served.onnx === release.onnx.sha256);

export const serves = (serving: Serving, release: Pick<Release, "version" | "code" | "onnx">): boolean =>
  serving.kind === "release" && isSame(serving, release);

/** What an address serves, in words. */
export const wordsOf = (serving: Serving): string => {
  switch (serving.kind) {
    case "release":
      return `it serves version ${serving.version} with code ${serving.code}`;
    case "none":
      return "it serves nothing of the model";
    case "unknown":
      return serving.why;
  }
};
