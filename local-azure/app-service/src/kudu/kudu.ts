import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MissingPermissionError } from "@local-azure/authorization";
import { answerRequests, requestUrl } from "@local-azure/http";
import { siteId } from "../arm/site-resource.ts";
import { production, withSlot } from "../site/definition.ts";
import { type Deployment, newDeployment, recorded } from "../site/deployment.ts";
import { hostName } from "../site/environment.ts";
import type { Site } from "../site/site.ts";
import { type Asked, askedBy } from "./asked.ts";
import { publish } from "./publish.ts";
import { runsFromPackage } from "./run-from-package.ts";

/** Kudu's limit for a package: 2,048 MB. */
const packageLimitBytes = 2_048 * 1024 * 1024;

const deploymentPath = /^\/api\/deployments\/([^/]+?)(\/log)?$/;

/** The deployment service of a slot, as on Linux: `POST /api/publish`, `/api/zipdeploy`, `GET /api/deployments…`. */
export function createKudu(site: Site, slot: string): RequestListener {
  let receiving = false;
  let publications = 0;
  /** What has just been accepted, and is not shown yet as the latest. */
  let unseen: string | undefined;
  const isRough = site.context.weather === "rough";

  const receive = async (
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
    asked: Asked,
  ): Promise<void> => {
    const refusal = refusalOf(query);
    if (refusal !== undefined) return reply(request, response, 400, refusal);
    if (receiving || site.slotDefinition(slot).deployments.some(({ complete }) => !complete))
      return reply(
        request,
        response,
        409,
        "There is a deployment currently in progress. Please try again when it completes.",
      );
    if (runsFromPackage(site, slot) === "remote")
      return reply(request, response, 409, "Run-From-Zip is set to a remote URL using WEBSITE_RUN_FROM_PACKAGE.");
    const declared = Number(request.headers["content-length"] ?? 0);
    if (declared > packageLimitBytes) return reply(request, response, 413, tooLarge());
    receiving = true;
    const deployment = newDeployment(randomUUID(), new Date(), asked.words);
    const file = site.folder.uploadFile(deployment.id);
    try {
      await pipeline(request, limited(packageLimitBytes), createWriteStream(file, { mode: 0o600 }));
    } catch (error) {
      receiving = false;
      await rm(file, { force: true });
      if (error instanceof PackageTooLargeError) return reply(request, response, 413, tooLarge());
      // The client has gone away in the middle.
      response.destroy();
      return;
    }
    // Known before the caller is answered: its next question is for the latest deployment.
    site.save(
      withSlot(site.definition(), slot, { deployments: recorded(site.slotDefinition(slot).deployments, deployment) }),
    );
    receiving = false;
    publications += 1;
    const restartsEarly = isRough && publications % 2 === 0;
    const work = site.change(() => publish(site, slot, deployment, { ...asked, restartsEarly }));
    // The id is Resource Manager's: the deployment service itself does not know it.
    const tracking: Record<string, string> = asked.tracked ? { "scm-deployment-id": randomUUID() } : {};
    if (asked.asynchronous) {
      work.catch(() => undefined);
      if (isRough && asked.way === "zip-deploy") unseen = deployment.id;
      const { deployer } = asked.words;
      const query = new URLSearchParams({ deployer, time: deployment.received_time });
      const location = `https://${hostName(site.running(slot).scmServer.port)}/api/deployments/latest?${query}`;
      return reply(request, response, 202, "", { location, ...tracking });
    }
    const { active, status_text: reason } = await work;
    return active ? reply(request, response, 200, "", tracking) : reply(request, response, 400, reason, tracking);
  };

  const latest = (deployments: readonly Deployment[]): Deployment | undefined => {
    const shown = deployments.find(({ id }) => id !== unseen);
    unseen = undefined;
    return shown;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams: query } = requestUrl(request);
    const refused = refusedBy(request, site, slot);
    if (refused) return reply(request, response, refused.status, refused.message, { "www-authenticate": "Bearer" });
    const asked = request.method === "POST" ? askedBy(pathname, query) : undefined;
    if (asked) return receive(request, response, query, asked);
    const { deployments } = site.slotDefinition(slot);
    const show = (deployment: Deployment) => shown(deployment, site, slot);
    if (request.method === "GET" && pathname === "/api/deployments") return replyJson(response, deployments.map(show));
    const [, id, log] = deploymentPath.exec(pathname) ?? [];
    const deployment = id === "latest" ? latest(deployments) : deployments.find((known) => known.id === id);
    if (request.method !== "GET" || !deployment)
      return reply(request, response, 404, `There is nothing at ${request.method} ${pathname}.`);
    return replyJson(response, log ? deployment.log : show(deployment), deployment.complete ? 200 : 202);
  };

  return answerRequests(handle, {
    onFailure: (error) => site.log(slot, "error", `The deployment service failed: ${String(error)}`),
  });
}

/** Why a publish request is refused before its package is read. */
function refusalOf(query: URLSearchParams): string | undefined {
  const type = query.get("type") ?? "zip";
  if (type !== "zip") return `The package type "${type}" is not supported. Publish a zip file: type=zip.`;
  if (query.has("path")) return `The parameter "path" is not supported: a package takes the place of the whole app.`;
  return undefined;
}

/**
 * Why somebody may not use the deployment service; undefined where they may.
 * Source: https://github.com/projectkudu/kudu/wiki/Accessing-the-kudu-service
 */
function refusedBy(
  request: IncomingMessage,
  site: Site,
  slot: string,
): { readonly status: 401 | 403; readonly message: string } | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (!token) return { status: 401, message: "" };
  const { access } = site.context;
  const action =
    slot === production ? "Microsoft.Web/sites/publish/Action" : "Microsoft.Web/sites/slots/publish/Action";
  try {
    const principal = access?.verifyToken(token).oid;
    if (principal !== undefined) access?.require?.(principal, { plane: "control", action, scope: siteId(site, slot) });
    return undefined;
  } catch (error) {
    if (error instanceof MissingPermissionError) return { status: 403, message: error.message };
    return { status: 401, message: error instanceof Error ? error.message : String(error) };
  }
}

function shown(deployment: Deployment, site: Site, slot: string): object {
  const { log: _, ...rest } = deployment;
  const url = `https://${hostName(site.running(slot).scmServer.port)}/api/deployments/${deployment.id}`;
  return {
    ...rest,
    author: "N/A",
    author_email: "N/A",
    is_temp: false,
    is_readonly: true,
    url,
    log_url: `${url}/log`,
    site_name: site.name,
  };
}

/** An upload went past the limit while it came in. */
class PackageTooLargeError extends Error {
  override readonly name = "PackageTooLargeError";
}

function limited(limit: number): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      done(size > limit ? new PackageTooLargeError() : null, chunk);
    },
  });
}

function tooLarge(): string {
  return `The package is larger than ${packageLimitBytes} bytes, the limit of App Service.`;
}

async function replyJson(response: ServerResponse, body: unknown, status = 200): Promise<void> {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

/** Whatever of the request is unread is let go, so that the client can read the answer. */
async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): Promise<void> {
  request.resume();
  // Not even the rest of a package is worth reading that is too large anyway.
  if (status === 413) response.shouldKeepAlive = false;
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(message);
}
