import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

const cookieName = "ratchet-console";
const bytes = 32;

const random = (): string => randomBytes(bytes).toString("base64url");

/** Compares in a time that tells nothing of what was compared. */
function same(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** Who may use the console: whoever has opened its address with the token, which lets in once. */
export interface Sessions {
  /** Lets in once: printed in the console's address. */
  readonly token: string;
  /** The cookie of a new session; undefined where the token is wrong, or was used. */
  enter(token: string): string | undefined;
  /** Whether a request is of somebody who was let in. */
  knows(headers: IncomingHttpHeaders): boolean;
}

export function openSessions(): Sessions {
  const token = random();
  const sessions: string[] = [];
  let used = false;
  return {
    token,
    enter(given) {
      if (used || !same(given, token)) return undefined;
      used = true;
      const session = random();
      sessions.push(session);
      // Not sent with any request that another site has caused, and not to be read by scripts. The address is this machine's
      // alone and has no certificate, so it cannot be `Secure`.
      return `${cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict`;
    },
    knows({ cookie = "" }) {
      const given = cookie.split(/;\s*/).find((one) => one.startsWith(`${cookieName}=`));
      return given !== undefined && sessions.some((session) => same(given.slice(cookieName.length + 1), session));
    },
  };
}

/** As much of a request as tells where it comes from. */
export interface Origins {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Why a request is not one that this page makes; undefined where it is. A name that an attacker's server resolves to this
 * machine is no host of ours; a change asks for the page's own origin, and for a type of content that forms cannot send.
 * @param hosts what the console is called: `127.0.0.1:8123`, `localhost:8123`.
 */
export function foreignIn({ method, headers }: Origins, hosts: readonly string[]): string | undefined {
  if (!hosts.includes(headers.host ?? "")) return "the host is not the console's";
  const site = headers["sec-fetch-site"];
  if (method === "GET" || method === "HEAD") return undefined;
  if (site !== undefined && site !== "same-origin") return "the request comes from another site";
  const { origin } = headers;
  if (origin !== `http://${headers.host}`) return "the request comes from another origin";
  if (!/^application\/json\b/.test(headers["content-type"] ?? "")) return "a change is asked for as application/json";
  return undefined;
}
