import { deadLetters } from "@ratchet/cli/commands/dead-letters";
import { replay } from "@ratchet/cli/commands/replay";
import type { Deployment } from "@ratchet/cli/deployment";
import type { Story } from "../story.ts";

/** Replays every dead letter that there is; gives how many. */
export async function replayAll(deployment: Deployment | undefined, story: Story): Promise<number> {
  if (!deployment) return 0;
  const byQueue = Map.groupBy(await deadLetters(deployment), ({ queue }) => queue);
  let count = 0;
  for (const [queue, letters] of byQueue) {
    const { replayed } = await replay(deployment, queue, letters, () => undefined);
    story.tell(`somebody replayed ${replayed.length} of ${letters.length} dead letters of ${queue}`);
    count += replayed.length;
  }
  return count;
}
