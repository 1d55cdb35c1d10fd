import { azureEvents, blobSubject, wholeBlobCalls } from "./azure-events.ts";
import { doneFileName } from "./documents/paths.ts";

/**
 * The one table of topology: every queue, container, topic and subscription that Ratchet uses, with its settings.
 * Infrastructure, the local stack, the services and the console read it; nothing else names these things.
 */

export const services = ["data-watcher", "training-runner", "evaluator", "deployer", "console"] as const;

/** The services that move messages. The inference app is not one: it serves requests and knows of no queue. */
export type ServiceName = (typeof services)[number];

/** What Service Bus itself is told of a queue. Durations are ISO 8601, as the service spells them. */
export interface BrokerSettings {
  readonly requiresSession: boolean;
  readonly lockDuration: string;
  readonly maxDeliveryCount: number;
  readonly requiresDuplicateDetection: boolean;
  /** At least as long as Event Grid goes on trying to deliver one event. */
  readonly duplicateDetectionHistoryTimeWindow: string;
  readonly deadLetteringOnMessageExpiration: boolean;
  readonly defaultMessageTimeToLive: string;
}

/** A Service Bus queue: who uses it, how its receiver handles its messages, and what the broker is told. */
export interface QueueTopology extends BrokerSettings {
  readonly description: string;
  /** The one service that receives from the queue. */
  readonly receiver: ServiceName;
  /** Who puts messages in: services, operators (`operator`), or Event Grid by a subscription (`event-grid`). */
  readonly senders: readonly (ServiceName | "operator" | "event-grid")[];
  /**
   * How long each attempt that failed waits for the next, where trying again can help; ISO 8601. When they are used up
   * the message has failed for good.
   */
  readonly retryDelays: readonly string[];
  /**
   * The same, for attempts that failed because a role is missing: a change of roles takes half an hour and more to
   * arrive. Beside `retryDelays`, not instead of them.
   */
  readonly roleDelays: readonly string[];
  /**
   * Whether a message that has failed for good is stated on the topic. Not where the queue gets what the topic says:
   * that statement would come back to the very queue that could not be served, and fail there again.
   */
  readonly statesFailures: boolean;
  /** Messages, or sessions, that one instance of the receiver handles at a time; the same for its queues of one kind. */
  readonly concurrency: number;
  /** How long one delivery may be handled: its lock is renewed for so long, and the host ends it then; ISO 8601. */
  readonly handlingTime: string;
}

/** A queue's settings as far as the broker is concerned. */
export const brokerSettings = ({
  requiresSession,
  lockDuration,
  maxDeliveryCount,
  requiresDuplicateDetection,
  duplicateDetectionHistoryTimeWindow,
  deadLetteringOnMessageExpiration,
  defaultMessageTimeToLive,
}: BrokerSettings): BrokerSettings => ({
  requiresSession,
  lockDuration,
  maxDeliveryCount,
  requiresDuplicateDetection,
  duplicateDetectionHistoryTimeWindow,
  deadLetteringOnMessageExpiration,
  defaultMessageTimeToLive,
});

const queueDefaults = {
  requiresSession: false,
  retryDelays: ["PT2S", "PT4S", "PT8S", "PT16S", "PT32S", "PT1M", "PT1M"],
  roleDelays: ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H"],
  statesFailures: true,
  lockDuration: "PT5M",
  maxDeliveryCount: 5,
  requiresDuplicateDetection: true,
  duplicateDetectionHistoryTimeWindow: "P1D",
  deadLetteringOnMessageExpiration: true,
  defaultMessageTimeToLive: "P14D",
} as const;

export const queues = {
  "data-dropped": {
    ...queueDefaults,
    description: "A blob was written to `drops`, or is to be taken in once more.",
    receiver: "data-watcher",
    concurrency: 8,
    handlingTime: "PT2H",
    // The evaluator answers what the champion makes of a batch.
    senders: ["event-grid", "data-watcher", "evaluator", "operator"],
  },
  "operate-batch": {
    ...queueDefaults,
    description: "What only an operator may ask of a batch: admit it, withdraw it, restore it.",
    receiver: "data-watcher",
    concurrency: 8,
    handlingTime: "PT2H",
    senders: ["data-watcher", "operator"],
  },
  "training-due": {
    ...queueDefaults,
    description: "A model's quiet period may be over: time to look whether training is due.",
    receiver: "data-watcher",
    concurrency: 8,
    handlingTime: "PT2H",
    senders: ["data-watcher", "operator"],
  },
  "train-model": {
    ...queueDefaults,
    description: "Train a challenger on what a model has admitted.",
    receiver: "training-runner",
    concurrency: 16,
    handlingTime: "PT30M",
    senders: ["data-watcher", "training-runner", "operator"],
  },
  "training-ended": {
    ...queueDefaults,
    description: "A training run may have ended: an Azure ML event, a `_DONE.json`, or a scheduled look.",
    receiver: "training-runner",
    concurrency: 16,
    handlingTime: "PT30M",
    senders: ["event-grid", "training-runner", "operator"],
  },
  "model-registered": {
    ...queueDefaults,
    description: "A model was registered in the workspace, perhaps by somebody else (MLflow, Databricks).",
    receiver: "evaluator",
    concurrency: 4,
    handlingTime: "PT2H",
    senders: ["event-grid", "evaluator", "operator"],
  },
  "score-batch": {
    ...queueDefaults,
    description: "Say what the champion makes of a batch before it is admitted.",
    receiver: "evaluator",
    concurrency: 4,
    handlingTime: "PT2H",
    senders: ["data-watcher", "evaluator", "operator"],
  },
  "evaluate-model": {
    ...queueDefaults,
    description: "Judge a challenger against the champion. One at a time per model.",
    receiver: "evaluator",
    concurrency: 2,
    handlingTime: "PT2H",
    senders: ["training-runner", "evaluator", "deployer", "operator"],
    requiresSession: true,
  },
  "code-released": {
    ...queueDefaults,
    description: "A bundle of inference code was written to `releases`.",
    receiver: "deployer",
    concurrency: 4,
    handlingTime: "PT30M",
    senders: ["event-grid", "deployer", "operator"],
  },
  "deploy-model": {
    ...queueDefaults,
    description: "Put a release into production, step by step. One at a time per model.",
    receiver: "deployer",
    concurrency: 2,
    handlingTime: "PT30M",
    senders: ["evaluator", "deployer", "operator"],
    requiresSession: true,
  },
  "operate-model": {
    ...queueDefaults,
    description: "What only an operator may ask: force a release, roll one back, freeze a model, thaw it.",
    receiver: "deployer",
    concurrency: 2,
    handlingTime: "PT30M",
    // The deployer asks again for what had to wait.
    senders: ["deployer", "operator"],
    requiresSession: true,
  },
  "run-ledger": {
    ...queueDefaults,
    description: "Every event of the topic `ratchet`, for the console's record.",
    receiver: "console",
    concurrency: 4,
    handlingTime: "PT5M",
    senders: ["event-grid", "console", "operator"],
    statesFailures: false,
  },
} as const satisfies Record<string, QueueTopology>;

export type QueueName = keyof typeof queues;

/** A blob container. Only its owners write; readers read. */
export interface ContainerTopology {
  readonly description: string;
  readonly owners: readonly (ServiceName | "operator" | "training-compute" | "event-grid" | "data-producer")[];
  readonly readers: readonly (ServiceName | "operator" | "training-compute")[];
}

export const containers = {
  drops: {
    description: "New data, as it is dropped: `<model>/<any path>`.",
    owners: ["data-producer", "operator"],
    readers: ["data-watcher"],
  },
  definitions: {
    description: "Applied model projects: `<model>/current.json` and the project's files by version.",
    owners: ["operator"],
    readers: ["data-watcher", "training-runner", "evaluator", "deployer", "console"],
  },
  batches: {
    description: "Admitted batches, content-addressed, the admissions of each model, and the record of each drop.",
    owners: ["data-watcher"],
    readers: ["training-runner", "evaluator", "console", "operator"],
  },
  datasets: {
    description: "The data of runs by content: `<model>/<digest>.json`, and the rows that train in `<model>/parts`.",
    owners: ["training-runner"],
    readers: ["training-compute", "evaluator", "console", "operator"],
  },
  indexes: {
    description: "Indexes of admitted rows, `<model>/<identity>/…`: made anew from the batches where they are gone.",
    owners: ["training-runner", "evaluator"],
    readers: ["operator"],
  },
  code: {
    description: "Training code snapshots by content hash.",
    owners: ["training-runner"],
    readers: ["training-compute"],
  },
  outputs: {
    description:
      "What training runs write while they run: `<runId>/model`, `<runId>/done`. Taken over into `runs` at their end.",
    owners: ["training-runner", "training-compute"],
    readers: ["operator"],
  },
  runs: {
    description: "What training runs have left: `<runId>/model`, `<runId>/done`. No training can change it.",
    owners: ["training-runner"],
    readers: ["training-compute", "evaluator", "deployer", "operator"],
  },
  training: {
    description: "The training slot of each model and the record of each run.",
    owners: ["training-runner"],
    readers: ["evaluator", "console", "operator"],
  },
  verdicts: {
    description: "Verdicts with their evidence, golden predictions and the holdout budget.",
    owners: ["evaluator"],
    readers: ["training-runner", "deployer", "console", "operator"],
  },
  champions: {
    description: "The champion pointer of each model, and of each app the record of its deployment.",
    owners: ["deployer"],
    readers: ["data-watcher", "training-runner", "evaluator", "console", "operator"],
  },
  releases: {
    description: "Bundles of inference code: `inference/<sha>.zip`.",
    owners: ["operator"],
    readers: ["deployer"],
  },
  packages: {
    description: "Published packages by content hash: inference code with a model.",
    owners: ["deployer"],
    readers: ["operator"],
  },
  ledger: {
    description: "The record of all events and the console's projection of them.",
    owners: ["console"],
    readers: ["operator"],
  },
  "event-dead-letters": {
    description: "Events that Event Grid could not deliver. Operators take out what they have replayed or archived.",
    owners: ["event-grid", "operator"],
    readers: [],
  },
  operations: {
    description: "What operators do: operations on dead letters under way and done, archived letters, the audit.",
    owners: ["operator"],
    readers: ["console"],
  },
} as const satisfies Record<string, ContainerTopology>;

export type ContainerName = keyof typeof containers;

/** The custom Event Grid topic to which services state what has happened. */
export const eventTopic = "ratchet";

/** The Service Bus connection name that the Functions triggers use (`<name>__fullyQualifiedNamespace`). */
export const serviceBusConnection = "ServiceBus";

/** The Azure ML datastores, each of the container whose name it has: what runs write, what runs have left, and what they read and run. */
export const outputsDatastore = "outputs" satisfies ContainerName;
export const runsDatastore = "runs" satisfies ContainerName;
export const datasetsDatastore = "datasets" satisfies ContainerName;
export const codeDatastore = "code" satisfies ContainerName;
export const datastores = [outputsDatastore, runsDatastore, datasetsDatastore, codeDatastore] as const;

/** An Event Grid subscription that puts events into a queue. */
export interface EventSubscriptionTopology {
  /** `storage` and `machine-learning` are system topics; `ratchet` is the custom topic. */
  readonly source: "storage" | "machine-learning" | "ratchet";
  readonly queue: QueueName;
  /** Empty: every type. */
  readonly includedEventTypes: readonly string[];
  readonly subjectBeginsWith?: string;
  readonly subjectEndsWith?: string;
  readonly advancedFilters: readonly {
    readonly operator: "StringIn";
    readonly key: string;
    readonly values: readonly string[];
  }[];
  readonly maxDeliveryAttempts: number;
  readonly eventTimeToLiveInMinutes: number;
}

const wholeBlob = { operator: "StringIn", key: "data.api", values: wholeBlobCalls } as const;

const delivery = { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 } as const;

export const eventSubscriptions = {
  "data-dropped": {
    ...delivery,
    source: "storage",
    queue: "data-dropped",
    includedEventTypes: [azureEvents.blobCreated],
    subjectBeginsWith: blobSubject("drops", ""),
    advancedFilters: [wholeBlob],
  },
  "run-done": {
    ...delivery,
    source: "storage",
    queue: "training-ended",
    includedEventTypes: [azureEvents.blobCreated],
    subjectBeginsWith: blobSubject("outputs", ""),
    subjectEndsWith: `/${doneFileName}`,
    advancedFilters: [wholeBlob],
  },
  "code-released": {
    ...delivery,
    source: "storage",
    queue: "code-released",
    includedEventTypes: [azureEvents.blobCreated],
    subjectBeginsWith: blobSubject("releases", ""),
    subjectEndsWith: ".zip",
    advancedFilters: [wholeBlob],
  },
  "run-ended": {
    ...delivery,
    source: "machine-learning",
    queue: "training-ended",
    includedEventTypes: [azureEvents.runCompleted, azureEvents.runStatusChanged],
    advancedFilters: [],
  },
  "model-registered": {
    ...delivery,
    source: "machine-learning",
    queue: "model-registered",
    includedEventTypes: [azureEvents.modelRegistered],
    advancedFilters: [],
  },
  "run-ledger": {
    ...delivery,
    source: "ratchet",
    queue: "run-ledger",
    includedEventTypes: [],
    advancedFilters: [],
  },
} as const satisfies Record<string, EventSubscriptionTopology>;
