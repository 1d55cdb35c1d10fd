import { setTimeout as delay } from "node:timers/promises";
import type { Allowed } from "../machine/allowed.ts";
import {
  breakConnections,
  bringUp,
  cut,
  listeningPorts,
  mend,
  type SlowMeans,
  slowDown,
  speedUp,
  takeDown,
} from "../machine/network.ts";
import type { Process } from "../machine/processes.ts";
import { type Role, roleInWords } from "../stack/roles.ts";
import type { Stack } from "../stack/stack.ts";
import { type FaultKind, kindOf } from "./kinds.ts";
import type { PlannedFault } from "./plan.ts";

/** Whose endpoint may go without an answer: every app's, or some apps'. */
export type Excuse = "all" | readonly string[];

/** What a fault turned out to be. */
interface Injected {
  /** In words, e.g. `kill -9 of the evaluator (process 71)`. */
  readonly words: string;
  readonly excuses: Excuse;
  /** Ends it; undefined where it is over at once. */
  readonly undo?: () => Promise<unknown>;
}

/** The kinds that can come on this machine. */
export const kindsAllowed = ({ network, disk, clocks }: Allowed): ((kind: FaultKind) => boolean) => {
  const needs: Partial<Record<FaultKind, boolean>> = {
    "fill the disk": disk !== undefined,
    "cut a port": network?.cuts === true,
    "break the connections of a port": network?.breaks === true,
    "take the network down": network !== undefined,
    "slow the network": network?.slow !== undefined,
    "put a clock wrong": clocks !== undefined,
    "put all clocks wrong": clocks !== undefined,
  };
  return (kind) => needs[kind] ?? true;
};

/** What stays wrong until the last of those who wanted it lets go. */
const untilLast = (begin: () => Promise<unknown>, end: () => Promise<unknown>) => {
  let count = 0;
  return {
    async begin() {
      count += 1;
      if (count === 1) await begin();
    },
    async end() {
      count -= 1;
      if (count === 0) await end();
    },
  };
};

/** So long a fault waits for something that it can meet. */
const patienceMs = 20_000;

/** Makes planned faults happen to a stack; undefined where there was nothing that it could have met. */
export type Injector = (fault: PlannedFault) => Promise<Injected | undefined>;

export function createInjector(stack: Stack, { network, disk, clocks }: Allowed): Injector {
  const down = untilLast(takeDown, bringUp);
  const slow = untilLast(() => slowDown(network?.slow as SlowMeans), speedUp);
  const full = untilLast(
    async () => disk?.fill(),
    async () => disk?.free(),
  );
  const cuts = new Map<number, ReturnType<typeof untilLast>>();
  const cutOf = (port: number) => {
    const known =
      cuts.get(port) ??
      untilLast(
        () => cut(port),
        () => mend(port),
      );
    cuts.set(port, known);
    return known;
  };

  const stills = new Map<number, ReturnType<typeof untilLast>>();
  const stillOf = (process: Process) => {
    const known =
      stills.get(process.id) ??
      untilLast(
        () => stack.signal(process, "SIGSTOP"),
        () => {
          stills.delete(process.id);
          return stack.signal(process, "SIGCONT");
        },
      );
    stills.set(process.id, known);
    return known;
  };

  const nth = <Item>(items: readonly Item[], which: number): Item | undefined =>
    items[Math.floor(which * items.length)];
  const excusesOf = (role: Role): Excuse => {
    if (role.kind === "main") return "all";
    return role.kind === "app" ? [role.name] : [];
  };
  const inWords = ({ id }: Process, role: Role): string => `${roleInWords(role)} (process ${id})`;

  type Found = Awaited<ReturnType<Stack["processes"]>>[number];

  async function find(kind: Role["kind"], which: number): Promise<Found | undefined> {
    // Jobs come and go, and a stack that is just starting does not have all of its processes yet.
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await delay(100)) {
      const found = nth(
        (await stack.processes()).filter(({ role }) => role.kind === kind),
        which,
      );
      if (found) return found;
    }
    return undefined;
  }

  async function kill(kind: Role["kind"], which: number): Promise<Injected | undefined> {
    const found = await find(kind, which);
    if (!found) return undefined;
    if (kind === "main") stack.up.expectEnd();
    if (!(await stack.signal(found.process, "SIGKILL"))) return undefined;
    return { words: `kill -9 of ${inWords(found.process, found.role)}`, excuses: excusesOf(found.role) };
  }

  async function killAll(): Promise<Injected> {
    stack.up.expectEnd();
    const all = await stack.processes();
    // The main one first, so that nobody is there to start the others again.
    const ordered = [...all].sort((a, b) => Number(b.role.kind === "main") - Number(a.role.kind === "main"));
    for (const { process } of ordered) await stack.signal(process, "SIGKILL");
    return { words: `kill -9 of all ${all.length} processes`, excuses: "all" };
  }

  async function pause(kind: Role["kind"], { which, lasts }: PlannedFault): Promise<Injected | undefined> {
    const found = await find(kind, which);
    if (!found) return undefined;
    const still = stillOf(found.process);
    await still.begin();
    return {
      words: `${inWords(found.process, found.role)} stands still for ${(lasts / 1000).toFixed(1)} s`,
      excuses: excusesOf(found.role),
      undo: still.end,
    };
  }

  /** One port of the stack, and whose answers go through it. */
  async function port(which: number) {
    const listening = await listeningPorts();
    const ports = (await stack.processes()).flatMap(({ process, role }) =>
      (listening.get(process.id) ?? []).map((number) => ({ number, role })),
    );
    const found = nth(ports, which);
    if (!found) return undefined;
    const app = stack.appAt(found.number);
    const excuses: Excuse = app ? [app] : found.role.kind === "app" ? [found.role.name] : [];
    return {
      number: found.number,
      excuses,
      words: `port ${found.number} of ${stack.serverAt(found.number) ?? roleInWords(found.role)}`,
    };
  }

  const during = (lasts: number): string => `for ${(lasts / 1000).toFixed(1)} s`;

  const act: Readonly<Record<FaultKind, (fault: PlannedFault) => Promise<Injected | undefined>>> = {
    "kill a service": ({ which }) => kill("service", which),
    "kill a process of an app": ({ which }) => kill("app", which),
    "kill a job": ({ which }) => kill("job", which),
    "kill storage": ({ which }) => kill("storage", which),
    "kill ratchet up": ({ which }) => kill("main", which),
    "kill everything": killAll,
    "restart everything": async () => {
      stack.up.interrupt();
      return { words: "ratchet up is asked to stop, and started again", excuses: "all" };
    },
    "pause a service": (fault) => pause("service", fault),
    "pause a process of an app": (fault) => pause("app", fault),
    "pause storage": (fault) => pause("storage", fault),
    "pause ratchet up": (fault) => pause("main", fault),
    "fill the disk": async ({ lasts }) => {
      await full.begin();
      return { words: `the disk is full ${during(lasts)}`, excuses: [], undo: full.end };
    },
    "cut a port": async ({ which, lasts }) => {
      const found = await port(which);
      if (!found) return undefined;
      const rule = cutOf(found.number);
      await rule.begin();
      return { words: `nothing reaches ${found.words} ${during(lasts)}`, excuses: found.excuses, undo: rule.end };
    },
    "break the connections of a port": async ({ which }) => {
      const found = await port(which);
      if (!found) return undefined;
      await breakConnections(found.number);
      return { words: `all connections to ${found.words} break`, excuses: found.excuses };
    },
    "take the network down": async ({ lasts }) => {
      await down.begin();
      return { words: `the network is down ${during(lasts)}`, excuses: "all", undo: down.end };
    },
    "slow the network": async ({ lasts }) => {
      await slow.begin();
      return { words: `the network is slow ${during(lasts)}`, excuses: "all", undo: slow.end };
    },
    "put a clock wrong": async ({ which, wrong, lasts }) => {
      const found = nth(await stack.processes(), which);
      if (!found || !clocks) return undefined;
      const { id } = found.process;
      clocks.set(wrong, id);
      return {
        words: `the clock of ${inWords(found.process, found.role)} is ${clockInWords(wrong)} ${during(lasts)}`,
        excuses: [],
        undo: async () => clocks.set(0, id),
      };
    },
    "put all clocks wrong": async ({ wrong, lasts }) => {
      clocks?.set(wrong);
      return {
        words: `all clocks are ${clockInWords(wrong)} ${during(lasts)}`,
        excuses: [],
        undo: async () => clocks?.set(0),
      };
    },
  };
  return (fault) => act[fault.kind](fault);
}

const clockInWords = (wrong: number): string =>
  `${(Math.abs(wrong) / 1000).toFixed(0)} s ${wrong > 0 ? "ahead" : "behind"}`;

/** Whether a kind is among the families that were asked for. */
export const isOfFamilies = (wanted: readonly string[], kind: FaultKind): boolean =>
  wanted.includes(kindOf(kind).family);
