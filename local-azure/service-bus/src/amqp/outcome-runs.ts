import type { RheaDelivery, RheaSession } from "./rhea.ts";

/**
 * Has each delivery told its own outcome. `rhea` writes what was settled in one turn as ranges of deliveries, and takes
 * the second of a range in without a look at its outcome. So it is given one run of the same outcome at a time; a run
 * of which nothing differs makes one frame.
 */
export function adjustOutcomes({ incoming, outgoing }: RheaSession): void {
  const { process: processIncoming } = incoming;
  incoming.process = (session) => {
    for (const run of runsOfOneState(incoming.updated)) {
      incoming.updated = run;
      processIncoming.call(incoming, session);
    }
  };
  const { process: processOutgoing } = outgoing;
  outgoing.process = () => {
    for (const run of runsOfOneState(outgoing.pending_dispositions)) {
      outgoing.pending_dispositions = run;
      processOutgoing.call(outgoing);
    }
  };
}

/** Cuts the deliveries where the state becomes another; one empty run where there are none, for all else that is due. */
function runsOfOneState(deliveries: readonly RheaDelivery[]): RheaDelivery[][] {
  let run: RheaDelivery[] = [];
  const runs = [run];
  for (const delivery of deliveries) {
    if (run[0] && run[0].state !== delivery.state) {
      run = [];
      runs.push(run);
    }
    run.push(delivery);
  }
  return runs;
}
