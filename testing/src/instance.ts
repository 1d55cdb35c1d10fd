import type { Connections } from "@ratchet/messaging";
import type { Blobs } from "@ratchet/state";

/** The process has ended. Nothing that it would still do reaches anything, and nothing answers it. */
class ProcessEndedError extends Error {
  override readonly name = "ProcessEndedError";
  readonly transient = true;

  constructor(at: string) {
    super(`the process ended ${at}`);
  }
}

type BlobWriter = ReturnType<Blobs["writer"]>;

/** What befalls an instance at one of its effects, which are counted from 1. */
export type Fate =
  | { readonly kind: "lives" }
  /** `after`: the effect has taken place, and the process does not learn of it. */
  | { readonly kind: "ends"; readonly when: "before" | "after"; readonly effect: number }
  /** Just before the effect somebody else acts: `instance.meanwhile`. */
  | { readonly kind: "meets"; readonly effect: number };

type Transports = Pick<Connections, "messages" | "events">;

/**
 * One process of a service, as its effects: a blob or document written, removed or copied, a message said, a call that changes
 * something outside. Each is counted, and the process may end at any.
 */
export interface Instance {
  /** What has been done, in order, e.g. `write batches/digits/admissions.json`. */
  readonly effects: readonly string[];
  /** Whether its fate has come: it ended, or somebody acted. */
  readonly fated: boolean;
  /** What befalls it, in words, e.g. `ended after effect 3, publish ratchet.data.admitted.v1`. */
  readonly story: string;
  /** What somebody else does between two effects, where that is the instance's fate. */
  meanwhile: () => Promise<unknown>;
  blobs(blobs: Blobs): Blobs;
  transports(transports: Transports): Transports;
  /** A gateway to anything else. @param effects its methods that change something; the others only ask. */
  gateway<Gateway extends object>(
    name: string,
    gateway: Gateway,
    effects: readonly (keyof Gateway & string)[],
  ): Gateway;
  /** Does some work, and tells whether the process has ended on the way. Returns when nothing is under way any more. */
  run(work: () => Promise<unknown>): Promise<"done" | "ended">;
}

/** The process that lives; or that ends, or meets somebody, at one of its effects. */
export function createInstance(fate: Fate = { kind: "lives" }): Instance {
  const effects: string[] = [];
  const underWay = new Set<Promise<unknown>>();
  let [fated, ended, story] = [false, false, "lived"];

  const end = (when: string, number: number, what: string): never => {
    [fated, ended, story] = [true, true, `ended ${when} effect ${number}, ${what}`];
    throw new ProcessEndedError(`${when} ${what}`);
  };

  const mustLive = (what: string): void => {
    if (ended) throw new ProcessEndedError(`before ${what}`);
  };

  async function fatedEffect<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
    mustLive(what);
    const number = effects.push(what);
    if (fate.kind === "meets" && fate.effect === number) {
      [fated, story] = [true, `met somebody before effect ${number}, ${what}`];
      await instance.meanwhile();
    }
    if (fate.kind !== "ends" || number < fate.effect) return act();
    // What goes on beside the fatal effect counts as later than it; and where that one failed, the next one is fatal.
    if (fate.when === "before" || number > fate.effect) return end("before", number, what);
    await act();
    return end("after", number, what);
  }

  function effect<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
    const done = fatedEffect(what, act);
    underWay.add(done);
    const forget = () => void underWay.delete(done);
    done.then(forget, forget);
    return done;
  }

  async function asked<Result>(what: string, ask: () => Promise<Result>): Promise<Result> {
    mustLive(what);
    return ask();
  }

  async function* listed<Item>(what: string, items: AsyncIterable<Item>): AsyncGenerator<Item> {
    mustLive(what);
    yield* items;
  }

  function writer(what: string, { write, close, abandon }: BlobWriter): BlobWriter {
    let closing: Promise<void> | undefined;
    return {
      write: (text) => asked(what, () => write(text)),
      close: () => effect(what, () => (closing = close())),
      // A process that has ended gives nothing up; but what it has begun must not hold up the test.
      abandon: () => closing?.catch(() => undefined) ?? abandon(),
    };
  }

  const instance: Instance = {
    effects,
    get fated() {
      return fated;
    },
    get story() {
      return story;
    },
    meanwhile: async () => undefined,
    blobs(blobs) {
      const name = (path: string) => `${blobs.name}/${path}`;
      return {
        ...blobs,
        find: (path) => asked(`find ${name(path)}`, () => blobs.find(path)),
        read: (path) => asked(`read ${name(path)}`, () => blobs.read(path)),
        open: (path, etag) => asked(`open ${name(path)}`, () => blobs.open(path, etag)),
        list: (prefix) => listed(`list ${name(prefix)}`, blobs.list(prefix)),
        folders: () => listed(`list ${blobs.name}`, blobs.folders()),
        write: (path, ...how) => effect(`write ${name(path)}`, () => blobs.write(path, ...how)),
        append: (path, ...how) => effect(`append ${name(path)}`, () => blobs.append(path, ...how)),
        writer: (path, how) => writer(`write ${name(path)}`, blobs.writer(path, how)),
        copyFrom: (source, from, to) => effect(`copy ${name(to)}`, () => blobs.copyFrom(source, from, to)),
        touch: (path) => effect(`touch ${name(path)}`, () => blobs.touch(path)),
        remove: (path, etag) => effect(`remove ${name(path)}`, () => blobs.remove(path, etag)),
      };
    },
    transports: ({ messages, events }) => ({
      messages: {
        send: (queue, message, notBefore) =>
          effect(`send ${message.subject ?? queue}`, () => messages.send(queue, message, notBefore)),
        close: () => messages.close(),
      },
      events: { publish: (event) => effect(`publish ${event.type}`, () => events.publish(event)) },
    }),
    gateway: (name, gateway, changing) =>
      new Proxy(gateway, {
        get(target, property, receiver) {
          const member: unknown = Reflect.get(target, property, receiver);
          if (typeof member !== "function") return member;
          const [what, around] = [
            `${name}.${String(property)}`,
            changing.includes(property as never) ? effect : asked,
          ] as const;
          return (...values: unknown[]) => around(what, async () => member.apply(target, values) as unknown);
        },
      }),
    async run(work) {
      const failure = await work().then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      await Promise.allSettled(underWay);
      if (ended) return "ended";
      if (failure) throw failure.error;
      return "done";
    },
  };
  return instance;
}
