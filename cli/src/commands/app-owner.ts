import type { Deployment } from "../deployment.ts";
import { readDefinition } from "../model-records.ts";
import { appliedModels } from "./status.ts";

/** Definitions that are read at a time. */
const atATime = 16;

/** The app that a model's applied definition names; undefined where that cannot be read: it claims nothing. */
const appOf = async (deployment: Deployment, model: string): Promise<string | undefined> =>
  (await readDefinition(deployment, model).catch(() => undefined))?.definition.deploy.app;

/** Another model whose applied definition names an app; undefined where there is none. */
export async function otherModelWith(deployment: Deployment, app: string, model: string): Promise<string | undefined> {
  const others = (await appliedModels(deployment)).filter((other) => other !== model);
  for (let from = 0; from < others.length; from += atATime) {
    const some = others.slice(from, from + atATime);
    const apps = await Promise.all(some.map((other) => appOf(deployment, other)));
    const found = some.find((_, index) => apps[index] === app);
    if (found !== undefined) return found;
  }
  return undefined;
}
