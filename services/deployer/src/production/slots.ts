import type { Deployer } from "../deployer.ts";
import type { Slots } from "../deployment/next-step.ts";

/**
 * What both slots of an app serve of a model.
 * @throws {UnknownAppError} when there is no such app, or it has no staging slot.
 */
export async function readSlots(
  { appService, inferenceApp }: Pick<Deployer, "appService" | "inferenceApp">,
  { app, model }: { readonly app: string; readonly model: string },
): Promise<Slots> {
  const [production, staging] = await Promise.all([
    appService.slot(app, "production"),
    appService.slot(app, "staging"),
  ]);
  const [inProduction, inStaging] = await Promise.all([
    inferenceApp.served(production.site, model),
    inferenceApp.served(staging.site, model),
  ]);
  return { production: inProduction, staging: inStaging };
}
