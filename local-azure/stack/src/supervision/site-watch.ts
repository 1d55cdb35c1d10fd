import type { SiteDown, SiteSlot } from "@local-azure/app-service";
import type { Watch } from "./watch.ts";

/** Tells the watch of the sites that App Service starts again. */
interface SiteWatch {
  readonly down: (down: SiteDown) => void;
  readonly up: (up: SiteSlot) => void;
  /** The sites of the topology, which are about to be created; that one does not start is the error of the creation. */
  starting(sites: readonly string[]): void;
  /** All of them run. */
  started(): void;
}

/**
 * A site of the topology that does not stay up stops everything. One that was published later does not: what is wrong
 * with it may be mended by publishing again or by a swap, for which the rest has to be there.
 */
export function watchSites(watch: Watch): SiteWatch {
  let vital: readonly string[] = [];
  let running = false;
  const nameOf = ({ site, slot }: SiteSlot) => (slot === "production" ? site : `${site}/${slot}`);
  return {
    down(down) {
      const { reason, output, servedMs, retryInMs } = down;
      const isVital = vital.includes(down.site);
      if (isVital && !running) return;
      watch.ended(nameOf(down), { reason, output, served: servedMs > 0 }, { vital: isVital, retryInMs });
    },
    up: (up) => watch.up(nameOf(up)),
    starting(sites) {
      vital = sites;
    },
    started() {
      running = true;
    },
  };
}
