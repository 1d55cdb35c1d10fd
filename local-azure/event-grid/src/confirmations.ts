import { randomUUID } from "node:crypto";
import { HandshakeError } from "./errors.ts";

/** Addresses that a webhook's owner opens to agree after the fact. */
export interface Confirmations {
  expect(): Confirmation;
  /** Whether somebody waits for this one. */
  confirm(id: string): boolean;
}

interface Confirmation {
  readonly url: string;
  /** @throws {HandshakeError} when the time is over, with this reason. */
  within(milliseconds: number, otherwise: string): Promise<void>;
  cancel(): void;
}

export function createConfirmations(baseUrl: () => string): Confirmations {
  const expected = new Map<string, () => void>();
  return {
    expect() {
      const id = randomUUID();
      const { promise, resolve } = Promise.withResolvers<void>();
      expected.set(id, resolve);
      let timer: NodeJS.Timeout | undefined;
      return {
        url: `${baseUrl()}/confirmations/${id}`,
        within(milliseconds, otherwise) {
          const { promise: late, reject } = Promise.withResolvers<never>();
          timer = setTimeout(() => reject(new HandshakeError(otherwise)), milliseconds);
          return Promise.race([promise, late]);
        },
        cancel() {
          clearTimeout(timer);
          expected.delete(id);
        },
      };
    },
    confirm(id) {
      expected.get(id)?.();
      return expected.has(id);
    },
  };
}
