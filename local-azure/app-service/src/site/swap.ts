import { processSettings } from "./environment.ts";
import type { Site } from "./site.ts";
import { swapped } from "./swap-definition.ts";
import { warmUp } from "./warm-up.ts";

/** A swap was given up before anything was routed differently. */
class SwapError extends Error {
  override readonly name = "SwapError";
}

/**
 * Swaps two slots as App Service does it: the source's content is started with the target's
 * settings and warmed up, then both addresses change what they route to, then what was in the target is
 * started anew in the source. Until the change of routes any failure leaves both slots as they were.
 * @throws {SwapError} when a slot is stopped or empty, or the source does not start and warm up with those settings.
 */
export async function swapSlots(site: Site, source: string, target: string): Promise<void> {
  const from = site.running(source).slot;
  const to = site.running(target).slot;
  if (!site.slotDefinition(source).content)
    throw new SwapError(`Cannot swap: nothing has been published to the slot "${source}".`);
  for (const name of [source, target]) {
    if (site.slotDefinition(name).state === "Stopped")
      throw new SwapError(`Cannot swap: the slot "${name}" is stopped. Start it first.`);
  }
  // Computed anew each time: settings and deployments are recorded while a process starts.
  const after = () => swapped(site.definition(), source, target, new Date());

  const next = await site.launch(target, after()).catch((error: unknown) => {
    throw new SwapError(
      `Cannot swap: the app of the slot "${source}" does not start with the settings of "${target}": ${messageOf(error)}`,
    );
  });
  try {
    const planned = after();
    const slot = planned.slots[target];
    if (slot) await warmUp(next, processSettings(planned, target, slot, site.context.environmentFor));
  } catch (error) {
    await next.app.close();
    throw new SwapError(`Cannot swap: ${messageOf(error)}`);
  }

  // From here on the swap stands: first on disk, then for the next request.
  site.save(after());
  const former = to.adopt(next);
  const replaced = former ? from.adopt(former) : from.shut("empty");
  void site.retire(replaced);
  site.log(target, "information", `Swapped: what was in "${source}" is served by "${target}".`);
  if (!former) {
    if (site.slotDefinition(source).content) await from.start().catch(() => undefined);
    return;
  }
  // What was in production serves the source slot already; now it gets that slot's settings.
  try {
    const settled = await site.launch(source);
    void site.retire(from.adopt(settled));
  } catch (error) {
    site.log(
      source,
      "error",
      `After the swap the app did not start with the settings of "${source}" and runs on with its old ones: ${messageOf(error)}`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
