import type { TokenCredential } from "@azure/identity";
import { type Connections, connectService, TransientError } from "@ratchet/messaging";
import type { Blobs } from "@ratchet/state";
import type { Workspace } from "../gateways/workspace.ts";
import type { Runner } from "../runner.ts";

/** How a call fails: what it was to do may have been done, and whoever made it may be no more. */
export type Failing =
  /** The process ends once the call has worked: nothing is done after it. */
  | "ends"
  /** The call does not work, and says so. */
  | "fails"
  /** The call works, and its answer does not come. */
  | "is not answered";

/** A runner of which one call fails. */
export interface FaultyRunner extends Runner {
  /** How many calls were made that count: those that do something; questions too, where one call fails or none does. */
  calls(): number;
}

/** What a runner stands on. */
interface Ground extends Pick<Connections, "messages" | "events"> {
  readonly credential: TokenCredential;
  readonly blobs: Connections["blobs"];
  readonly workspace: Workspace;
}

/**
 * A runner whose `nth` call, from 1, fails; none where there are fewer.
 * @param between what somebody else does right after that call.
 */
export function faultyRunner(
  { credential, blobs, messages, events, workspace }: Ground,
  nth: number,
  how: Failing | "works",
  between: () => Promise<void> = async () => undefined,
): FaultyRunner {
  let calls = 0;
  /** A question: one that is not answered is one that fails, and a process that ends after one could end before it. */
  const ask = <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    if (how === "fails" || how === "works") return call(work);
    if (how === "ends" && calls >= nth) throw new TransientError("the process has ended");
    return work();
  };
  const call = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    calls += 1;
    if (how === "ends" && calls > nth) throw new TransientError("the process has ended");
    if (calls !== nth) return work();
    if (how === "fails") throw new TransientError("the call has failed");
    const answer = await work();
    await between();
    if (how === "works") return answer;
    throw new TransientError(how === "ends" ? "the process ends here" : "no answer came");
  };

  const faultyBlobs = (inner: Blobs): Blobs => ({
    ...inner,
    find: async (path) => ask(() => inner.find(path)),
    read: async (path) => ask(() => inner.read(path)),
    write: (...what) => call(() => inner.write(...what)),
    append: (...what) => call(() => inner.append(...what)),
    copyFrom: (...what) => call(() => inner.copyFrom(...what)),
    touch: (...what) => call(() => inner.touch(...what)),
    remove: (...what) => call(() => inner.remove(...what)),
    async *list(prefix) {
      yield* await ask(() => Array.fromAsync(inner.list(prefix)));
    },
  });
  const faultyWorkspace: Workspace = {
    putEnvironment: (...what) => call(() => workspace.putEnvironment(...what)),
    computeId: (name) => workspace.computeId(name),
    putJob: (...what) => call(() => workspace.putJob(...what)),
    job: async (runId) => ask(() => workspace.job(runId)),
    cancel: (runId) => call(() => workspace.cancel(runId)),
    activeJobs: async () => ask(() => workspace.activeJobs()),
    putModel: (model) => call(() => workspace.putModel(model)),
    nextModelVersion: async (model) => ask(() => workspace.nextModelVersion(model)),
    modelVersionOf: async (...what) => ask(() => workspace.modelVersionOf(...what)),
  };
  const service = connectService("training-runner", {
    credential,
    blobs: (container) => faultyBlobs(blobs(container)),
    messages: { ...messages, send: (...what) => call(() => messages.send(...what)) },
    events: { publish: (event) => call(() => events.publish(event)) },
    clock: () => new Date(),
  });
  return { stores: service, workspace: faultyWorkspace, outbox: service.outbox, calls: () => calls };
}
