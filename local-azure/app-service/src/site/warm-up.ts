import { get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Worker } from "../serve/worker.ts";

/** A new process did not become fit to serve. */
class WarmUpError extends Error {
  override readonly name = "WarmUpError";
}

/** Azure waits this long for an instance to answer. */
const warmUpLimitMs = 90_000;
const tryAgainMs = 250;

/**
 * Pings a process that no request is routed to yet. Any answer counts as warm, unless the setting
 * WEBSITE_SWAP_WARMUP_PING_STATUSES names the ones that do; the path is WEBSITE_SWAP_WARMUP_PING_PATH.
 * @throws {WarmUpError} when another status comes back, or none in time.
 */
export async function warmUp(
  worker: Worker,
  settings: Readonly<Record<string, string>>,
  limitMs = warmUpLimitMs,
): Promise<void> {
  const path = `/${(settings["WEBSITE_SWAP_WARMUP_PING_PATH"] ?? "").replace(/^\/+/, "")}`;
  const statuses = settings["WEBSITE_SWAP_WARMUP_PING_STATUSES"]?.split(",").map((status) => Number(status.trim()));
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const status = await ping(worker.app.port, path, deadline - Date.now());
    if (status !== undefined) {
      if (!statuses || statuses.includes(status)) return;
      throw new WarmUpError(
        `The warm-up ping of ${path} was answered ${status}; WEBSITE_SWAP_WARMUP_PING_STATUSES asks for ${statuses.join(", ")}.`,
      );
    }
    if (worker.app.state === "exited") throw new WarmUpError("The process ended while it was warmed up.");
    await delay(tryAgainMs);
  }
  throw new WarmUpError(`The warm-up ping of ${path} was not answered within ${limitMs} ms.`);
}

function ping(port: number, path: string, limitMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get(
      {
        host: "127.0.0.1",
        port,
        path,
        agent: false,
        signal: AbortSignal.timeout(limitMs),
        headers: { "user-agent": "SiteWarmup" },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    request.on("error", () => resolve(undefined));
  });
}
