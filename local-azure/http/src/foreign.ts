import type { IncomingHttpHeaders } from "node:http";

/** A request comes by a name that is none of this machine's, or from a page of somebody else's. */
export class ForeignRequestError extends Error {
  override readonly name = "ForeignRequestError";
  /** 421, misdirected, for a name; 403 for a page. */
  readonly status: 403 | 421;

  constructor(status: 403 | 421, message: string) {
    super(message);
    this.status = status;
  }
}

const ownHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Refuses what a browser sends that shows its user a page of somebody else's: under a name that was made to mean this machine
 * (DNS rebinding), or with the page's own `Origin`. Programs send no origin.
 * @throws {ForeignRequestError} when it is such a request.
 */
export function refuseForeign({ host, origin }: Pick<IncomingHttpHeaders, "host" | "origin">): void {
  if (host !== undefined && !ownHost.test(host))
    throw new ForeignRequestError(421, `This server is localhost, not '${host}'.`);
  if (origin !== undefined && hostIn(origin) !== host)
    throw new ForeignRequestError(403, `Pages of '${origin}' may not send requests to this machine.`);
}

const hostIn = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).host : undefined);
