import type { DeploymentWords } from "../site/deployment.ts";

/** By which of Kudu's two ways a package comes: `/api/zipdeploy`, or the newer OneDeploy, `/api/publish`. */
type Way = "zip-deploy" | "one-deploy";

/** What a request to publish asks for beside its package. */
export interface Asked {
  readonly way: Way;
  /** Answer once the package is in, not once it runs. */
  readonly asynchronous: boolean;
  /** Tell an id by which Resource Manager knows the deployment. */
  readonly tracked: boolean;
  readonly words: DeploymentWords;
  /** Start from nothing instead of from what is there. */
  readonly clean: boolean;
  /** Run the new content at once; otherwise it runs from the next restart on. */
  readonly restart: boolean;
}

/** What a POST asks for; undefined where there is nothing to post to. */
export function askedBy(pathname: string, query: URLSearchParams): Asked | undefined {
  const is = (name: string, unless: boolean): boolean => (query.get(name) ?? String(unless)) !== "false";
  const tracked = is("trackDeploymentProgress", false);
  if (pathname === "/api/publish") {
    const words = { deployer: "OneDeploy", message: "OneDeploy" };
    const asynchronous = is("async", false);
    return { way: "one-deploy", asynchronous, tracked, words, clean: is("clean", true), restart: is("restart", true) };
  }
  if (pathname !== "/api/zipdeploy") return undefined;
  return {
    way: "zip-deploy",
    asynchronous: is("isAsync", false),
    tracked,
    words: {
      deployer: query.get("deployer") ?? "Push-Deployer",
      message: query.get("message") ?? "Created via a push deployment",
    },
    clean: true,
    restart: true,
  };
}
