import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { HttpCookie, HttpData } from "../worker/core-types.ts";

/** Writes what an HTTP function returned; a function that returned nothing answers 204. */
export function writeResponse(response: ServerResponse, http: HttpData | undefined): void {
  if (!http) {
    response.writeHead(204).end();
    return;
  }
  const body = bodyBytes(http);
  const headers: OutgoingHttpHeaders = { ...http.headers };
  // The connection is the server's matter, and the length is known.
  delete headers["connection"];
  delete headers["transfer-encoding"];
  const cookies = http.cookies ?? [];
  if (cookies.length > 0) headers["set-cookie"] = cookies.map(serializeCookie);
  const status = Number(http.statusCode ?? 200);
  if (status !== 204 && status !== 304) headers["content-length"] = body.length;
  response.writeHead(status, headers);
  response.end(body);
}

const noBytes = new Uint8Array();

function bodyBytes(http: HttpData): Uint8Array {
  const body = http.body;
  if (body?.bytes) return body.bytes;
  const text = body?.string ?? body?.json;
  return text === undefined ? noBytes : Buffer.from(text);
}

const sameSiteValues: Readonly<Record<string, string>> = { lax: "Lax", strict: "Strict", explicitNone: "None" };

/** A Set-Cookie header; name and value are encoded as ASP.NET Core does it. */
function serializeCookie(cookie: HttpCookie): string {
  const sameSite = sameSiteValues[cookie.sameSite ?? "none"];
  return [
    `${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`,
    cookie.expires && `expires=${new Date(cookie.expires.value.seconds * 1000).toUTCString()}`,
    cookie.maxAge && `max-age=${cookie.maxAge.value}`,
    cookie.domain && `domain=${cookie.domain.value}`,
    `path=${cookie.path?.value ?? "/"}`,
    cookie.secure?.value && "secure",
    sameSite && `samesite=${sameSite}`,
    cookie.httpOnly?.value && "httponly",
  ]
    .filter(Boolean)
    .join("; ");
}
