import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { BadRequestError } from "./request-url.ts";

/** Answers a request, now or later. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

interface WhenItFails {
  /**
   * Writes the answer to a request that failed, in the server's own terms. By default 400 with the reason for a request
   * that cannot be read, else 500 and no word of the error.
   */
  readonly refuse?: (error: unknown, request: IncomingMessage, response: ServerResponse) => void;
  /** Told of each failure that is the server's and not the request's. */
  readonly onFailure?: (error: unknown, request: IncomingMessage) => void;
}

/**
 * A listener of which no request can end the process: whatever `answer` throws, at once or later, is answered by
 * `refuse`; where an answer has begun already, or cannot be written, the connection is cut instead.
 */
export function answerRequests(answer: Answer, whenItFails: WhenItFails = {}): RequestListener {
  const { refuse = refusePlainly, onFailure } = whenItFails;
  return (request, response) => {
    // What becomes of the connection is the client's affair.
    response.on("error", ignore);
    const fail = (error: unknown): void => {
      try {
        if (!(error instanceof BadRequestError)) onFailure?.(error, request);
        if (response.headersSent) response.destroy();
        else refuse(error, request, response);
      } catch {
        response.destroy();
      }
    };
    try {
      answer(request, response)?.catch(fail);
    } catch (error) {
      fail(error);
    }
  };
}

function ignore(): void {}

function refusePlainly(error: unknown, request: IncomingMessage, response: ServerResponse): void {
  // A body that nobody reads must not keep the connection from its next request.
  request.resume();
  if (error instanceof BadRequestError) {
    response.writeHead(error.status, { "content-type": "text/plain; charset=utf-8" }).end(`${error.message}\n`);
  } else response.writeHead(500).end();
}
