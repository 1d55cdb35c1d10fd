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
import { publish } from "./publish.ts";

/** Kudu's limit for a package: 2,048 MB. */
const packageLimitBytes = 2_048 * 1024 * 1024;

const deploymentPath = /^\/api\/deployments\/([^/]+?)(\/log)?$/;

/** The deployment service of a slot: `POST /api/publish`, `/api/zipdeploy`, `GET /api/deployments…`. */
export function createKudu(site: Site, slot: string): RequestListener {
  let receiving = false;

  const receive = async (
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
    asynchronous: boolean,
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
    const declared = Number(request.headers["content-length"] ?? 0);
    if (declared > packageLimitBytes) return reply(request, response, 413, tooLarge());
    receiving = true;
    const deployment = newDeployment(randomUUID(), new Date());
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
    const options = { clean: query.get("clean") !== "false", restart: query.get("restart") !== "false" };
    const work = site.change(() => publish(site, slot, deployment, options));
    const links = {
      location: `https://${hostName(site.running(slot).scmServer.port)}/api/deployments/${deployment.id}`,
      "scm-deployment-id": deployment.id,
    };
    if (asynchronous) {
      work.catch(() => undefined);
      return reply(request, response, 202, "", links);
    }
    const { active, status_text: reason } = await work;
    return active ? reply(request, response, 200, "", links) : reply(request, response, 400, reason, links);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams: query } = requestUrl(request);
    const refused = refusedBy(request, site, slot);
    if (refused) return reply(request, response, refused.status, refused.message, { "www-authenticate": "Bearer" });
    if (request.method === "POST" && pathname === "/api/publish")
      return receive(request, response, query, query.get("async") === "true");
    if (request.method === "POST" && pathname === "/api/zipdeploy")
      return receive(request, response, query, query.get("isAsync") === "true");
    const { deployments } = site.slotDefinition(slot);
    const show = (deployment: Deployment) => shown(deployment, site, slot);
    if (request.method === "GET" && pathname === "/api/deployments") return replyJson(response, deployments.map(show));
    const [, id, log] = deploymentPath.exec(pathname) ?? [];
    const deployment = id === "latest" ? deployments[0] : deployments.find((known) => known.id === id);
    if (request.method !== "GET" || !deployment)
      return reply(request, response, 404, `There is nothing at ${request.method} ${pathname}.`);
    return replyJson(response, log ? deployment.log : show(deployment));
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

async function replyJson(response: ServerResponse, body: unknown): Promise<void> {
  response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
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
