/** Kudu's own numbers for how a deployment stands. */
export const deploymentStatus = { Pending: 0, Building: 1, Deploying: 2, Failed: 3, Success: 4 } as const;

/** A deployment as `GET /api/deployments/{id}` shows it, with the names that Kudu uses. */
export interface Deployment {
  readonly id: string;
  readonly status: (typeof deploymentStatus)[keyof typeof deploymentStatus];
  /** Empty, or why it failed. */
  readonly status_text: string;
  readonly progress: string;
  readonly complete: boolean;
  /** Whether it is the one that runs. */
  readonly active: boolean;
  readonly deployer: string;
  readonly message: string;
  readonly received_time: string;
  readonly start_time: string;
  readonly end_time: string | null;
  readonly log: readonly LogLine[];
}

interface LogLine {
  readonly log_time: string;
  readonly message: string;
}

/** Kudu keeps a history; here the last of them are enough. */
const historyLength = 20;

/** What a deployment is called and by whom, in its author's words. */
export type DeploymentWords = Pick<Deployment, "deployer" | "message">;

export function newDeployment(id: string, now: Date, words: DeploymentWords): Deployment {
  const time = now.toISOString();
  return {
    id,
    status: deploymentStatus.Pending,
    status_text: "",
    progress: "Receiving changes",
    complete: false,
    active: false,
    ...words,
    received_time: time,
    start_time: time,
    end_time: null,
    log: [],
  };
}

/** A step on the way: it becomes the progress shown and a line of the log. */
export function progressed(deployment: Deployment, message: string, now: Date): Deployment {
  return {
    ...deployment,
    status: deploymentStatus.Deploying,
    progress: message,
    log: [...deployment.log, { log_time: now.toISOString(), message }],
  };
}

export function succeeded(deployment: Deployment, now: Date): Deployment {
  const done = progressed(deployment, "Deployment successful.", now);
  return {
    ...done,
    status: deploymentStatus.Success,
    progress: "",
    complete: true,
    active: true,
    end_time: now.toISOString(),
  };
}

export function failed(deployment: Deployment, reason: string, now: Date): Deployment {
  const done = progressed(deployment, `Deployment failed: ${reason}`, now);
  return {
    ...done,
    status: deploymentStatus.Failed,
    status_text: reason,
    progress: "",
    complete: true,
    end_time: now.toISOString(),
  };
}

/** The history with this deployment's newest state in it, newest first; at most one is active. */
export function recorded(history: readonly Deployment[], deployment: Deployment): readonly Deployment[] {
  const others = history.filter(({ id }) => id !== deployment.id);
  return [deployment, ...(deployment.active ? others.map((other) => ({ ...other, active: false })) : others)].slice(
    0,
    historyLength,
  );
}

/** What a history says after a restart: a deployment that was under way has ended without success. */
export function afterRestart(history: readonly Deployment[], now: Date): readonly Deployment[] {
  return history.map((deployment) =>
    deployment.complete
      ? deployment
      : failed(deployment, "The service was restarted in the middle of the deployment.", now),
  );
}
