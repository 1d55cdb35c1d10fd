import { requestsOf, storageError } from "../azurite.ts";
import type { Admit } from "./admit.ts";

/**
 * Puts a door before every request of Azurite's, the parts of batches too, in place of its own: that looks at the form
 * of a token and believes whatever stands in it.
 */
export function guardRequests(admit: () => Admit): void {
  requestsOf().authenticate = async (context, request) => {
    const { operation, container, account, contextId } = context;
    const refusal = admit()({
      name: operation,
      account,
      container: container === "" ? undefined : container,
      source: containerOf(request.getHeader("x-ms-copy-source"), request.getHeader("host"), account),
      authorization: request.getHeader("authorization"),
      isSigned: request.getQuery("sig") !== undefined,
    });
    if (refusal) throw storageError(refusal, contextId);
    return true;
  };
}

/** The container of a blob's address, where that is in this account. */
function containerOf(url: string | undefined, host: string | undefined, account: string): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { host: other, pathname } = new URL(url);
  const [, otherAccount, container] = pathname.split("/");
  return other === host && otherAccount === account && container ? decodeURIComponent(container) : undefined;
}
