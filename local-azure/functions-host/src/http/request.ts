import type { IncomingMessage } from "node:http";
import { BadRequestError } from "@local-azure/http";
import type { TypedData } from "../worker/core-types.ts";

/** A request taken apart once, for the router, the keys and the function. */
export interface ParsedUrl {
  readonly path: string;
  readonly search: string;
  readonly query: URLSearchParams;
}

const noQuery = new URLSearchParams();

export function parseUrl(request: IncomingMessage): ParsedUrl {
  const url = request.url ?? "/";
  const at = url.indexOf("?");
  if (at < 0) return { path: url, search: "", query: noQuery };
  return { path: url.slice(0, at), search: url.slice(at), query: new URLSearchParams(url.slice(at)) };
}

/**
 * The caller's own address of the request; behind App Service the front end tells the scheme.
 * @throws {BadRequestError} when it is none, such as one whose host is none.
 */
export function requestUrl(request: IncomingMessage, secure: boolean): string {
  const scheme = request.headers["x-forwarded-proto"] ?? (secure ? "https" : "http");
  const url = `${String(scheme)}://${request.headers.host ?? "localhost"}${request.url ?? "/"}`;
  if (!URL.canParse(url)) throw new BadRequestError(`'${url}' is not the address of anything.`);
  return url;
}

/**
 * The request as the host hands it to the library. Plain maps instead of the nullable ones: the
 * library makes the same of both, and these need no object per header.
 */
export function toHttpData(
  request: IncomingMessage,
  url: string,
  query: URLSearchParams,
  params: Readonly<Record<string, string>>,
  body: Buffer | undefined,
): TypedData {
  return {
    http: {
      method: request.method ?? "GET",
      url,
      headers: joinedHeaders(request),
      query: query === noQuery ? noValues : joinedQuery(query),
      params,
      ...(body ? { body: { bytes: body } } : {}),
    },
  };
}

const noValues: Readonly<Record<string, string>> = {};

/** Header names are lower case and repeated headers joined, except for those Node keeps apart. */
function joinedHeaders(request: IncomingMessage): Record<string, string> {
  const headers = request.headers as Record<string, string>;
  if (request.headers["set-cookie"]) return { ...headers, "set-cookie": request.headers["set-cookie"].join(", ") };
  return headers;
}

/** As on Azure a repeated query parameter arrives as one text, joined by commas. */
export function joinedQuery(query: URLSearchParams): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of query) {
    const earlier = values[name];
    values[name] = earlier === undefined ? value : `${earlier},${value}`;
  }
  return values;
}
