import { type AnyContract, type Contract, type Envelope, keptEnvelope } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";

/** Something did not come about in time. */
class NotObservedError extends Error {
  override readonly name = "NotObservedError";
}

/** Reads what has happened from the console's record of events, as anybody can. */
export interface Observer {
  /** All events read so far, in order of time. */
  readonly events: readonly Envelope[];
  /** The events of one type. */
  all<T extends string, D>(contract: Contract<T, D>): readonly Envelope<D>[];
  /**
   * The first event of a type that fits; waits for it.
   * @param timeout in milliseconds.
   * @throws {NotObservedError} when it has not come by then.
   */
  waitFor<T extends string, D>(
    contract: Contract<T, D>,
    fits: (event: Envelope<D>) => boolean,
    timeout: number,
  ): Promise<Envelope<D>>;
  /** As {@link waitFor}, of several types. */
  waitForAny(contracts: readonly AnyContract[], fits: (event: Envelope) => boolean, timeout: number): Promise<Envelope>;
  /**
   * Waits until something read from the system is so.
   * @param timeout in milliseconds.
   * @throws {NotObservedError} when it is not so by then.
   */
  until<T>(what: string, look: () => Promise<T | undefined>, timeout: number): Promise<T>;
}

const interval = 150;

export function createObserver(deployment: Deployment): Observer {
  const documents = deployment.documents("ledger");
  const seen = new Map<string, Envelope>();

  async function refresh(): Promise<void> {
    for await (const path of documents.list("events/")) {
      if (seen.has(path)) continue;
      const stored = await documents.read(path, keptEnvelope);
      if (stored) seen.set(path, stored.value);
    }
  }

  const events = () => [...seen.values()].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  const all = <T extends string, D>(contract: Contract<T, D>) =>
    events().filter((event) => contract.is(event)) as Envelope<D>[];

  async function until<T>(what: string, look: () => Promise<T | undefined>, timeout: number): Promise<T> {
    const deadline = Date.now() + timeout;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > deadline)
        throw new NotObservedError(`${what} was not observed within ${Math.round(timeout / 1000)} s`);
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
  }

  const waitForAny: Observer["waitForAny"] = (contracts, fits, timeout) =>
    until(
      contracts.map(({ type }) => type).join(" or "),
      async () => {
        await refresh();
        return events().find((event) => contracts.some((contract) => contract.is(event)) && fits(event));
      },
      timeout,
    );

  return {
    get events() {
      return events();
    },
    all,
    until,
    waitForAny,
    async waitFor<T extends string, D>(
      contract: Contract<T, D>,
      fits: (event: Envelope<D>) => boolean,
      timeout: number,
    ) {
      return (await waitForAny([contract], (event) => fits(event as Envelope<D>), timeout)) as Envelope<D>;
    },
  };
}
