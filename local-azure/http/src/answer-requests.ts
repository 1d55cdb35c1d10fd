import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { ForeignRequestError, refuseForeign } from "./foreign.ts";
import { BadRequestError } from "./request-url.ts";

/** Answers a request, now or later. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

interface WhenItFails {
  /**
   * Writes the answer to a request that failed, in the server's own terms. By default 400 with the reason for a request
   * that cannot be read, else 500 and no word of the error.
   */
  readonly refuse?: (error: unknown, request: IncomingMessage, response: ServerResponse) => void;
  /** Whether it is for this machine alone: what is foreign is refused, in plain words. It is unless said. */
  readonly own?: boolean;
  /** Told of each failure that is the server's and not the request's. */
  readonly onFailure?: (error: unknown, request: IncomingMessage) => void;
}

/**
 * A listener that answers this machine's own, and of which no request can end the process: whatever `answer` throws, at once or later, is answered by
 * `refuse`; where an answer has begun already, or cannot be written, the connection is cut instead.
 */
export function answerRequests(answer: Answer, whenItFails: WhenItFails = {}): RequestListener {
  const { refuse = refusePlainly, onFailure, own = true } = whenItFails;
  return (request, response) => {
    // What becomes of the connection is the client's affair.
    response.on("error", ignore);
    const fail = (error: unknown): void => {
      try {
        if (!isOfRequest(error)) onFailure?.(error, request);
        if (response.headersSent) response.destroy();
        else if (error instanceof ForeignRequestError) refusePlainly(error, request, response);
        else refuse(error, request, response);
      } catch {
        response.destroy();
      }
    };
    try {
      if (own) refuseForeign(request.headers);
      answer(request, response)?.catch(fail);
    } catch (error) {
      fail(error);
    }
  };
}

function ignore(): void {}

const isOfRequest = (error: unknown): error is BadRequestError | ForeignRequestError =>
  error instanceof BadRequestError || error instanceof ForeignRequestError;

function refusePlainly(error: unknown, request: IncomingMessage, response: ServerResponse): void {
  // A body that nobody reads must not keep the connection from its next request.
  request.resume();
  if (isOfRequest(error)) {
    response.writeHead(error.status, { "content-type": "text/plain; charset=utf-8" }).end(`${error.message}\n`);
  } else response.writeHead(500).end();
}
