import { vi } from "vitest";

/** Something that a test waited for did not come about. */
class WaitedInVainError extends Error {
  override readonly name = "WaitedInVainError";
}

/**
 * Waits until a look finds something.
 * @param look gives what was looked for, or undefined (or false) as long as it is not there.
 * @param timeout in milliseconds.
 * @throws {WaitedInVainError} naming what did not come; or what `look` throws.
 */
export async function until<Found>(
  what: string,
  look: () => Found | Promise<Found>,
  timeout = 20_000,
): Promise<Exclude<Awaited<Found>, undefined | false>> {
  try {
    return (await vi.waitUntil(look, { timeout, interval: 15 })) as Exclude<Awaited<Found>, undefined | false>;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("Timed out in waitUntil"))
      throw new WaitedInVainError(`waited ${timeout / 1000} s in vain for ${what}`, { cause: error });
    throw error;
  }
}
