import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deployment } from "../deployment.ts";
import type { Observer } from "../observe/observer.ts";
import type { Progress } from "../progress.ts";
import type { Digit } from "../samples/digits.ts";
import type { Month } from "../samples/weather.ts";
import type { Subscriber } from "./subscriber.ts";

/** One statement of the story, and whether reading the system bore it out. */
export interface Observation {
  readonly chapter: number;
  readonly statement: string;
  readonly observed: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** All that the chapters play with. */
export interface Stage {
  readonly deployment: Deployment;
  readonly observer: Observer;
  readonly progress: Progress;
  readonly subscriber: Subscriber;
  readonly digits: readonly Digit[];
  readonly weather: readonly Month[];
  /** The folder with the example projects. */
  readonly examples: string;
  /** Runs the command line as an operator would and returns what it printed as JSON. */
  ratchet(...parameters: readonly string[]): Promise<unknown>;
  /** Writes files to drop, in a folder of this run. */
  file(name: string, content: string | Uint8Array): Promise<string>;
  /** Notes a statement with what was read. */
  observe(chapter: number, statement: string, observed: boolean, facts?: Readonly<Record<string, unknown>>): void;
}

/** A folder for the files of one run, and a way to write them. */
export async function createFiles(): Promise<{ readonly folder: string; readonly file: Stage["file"] }> {
  const folder = await mkdtemp(join(tmpdir(), "ratchet-demo-"));
  return {
    folder,
    async file(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
  };
}
