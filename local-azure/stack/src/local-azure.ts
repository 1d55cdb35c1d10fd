import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  createAppService,
  FunctionAppStartError,
  type SiteAddress,
  type SiteLogRecord,
  type Weather,
} from "@local-azure/app-service";
import { createEventGridProvider, type DeliveryReport, startEventGrid } from "@local-azure/event-grid";
import {
  type AssignedIdentities,
  type CertificateAuthority,
  createCertificateAuthority,
  type IdentityEnvironment,
  identityOf,
  startManagedIdentity,
  trustCertificateAuthority,
} from "@local-azure/identity";
import { localCredential } from "@local-azure/identity/credential";
import { createMachineLearning } from "@local-azure/machine-learning";
import { lockFolder, ownFolder } from "@local-azure/processes";
import { startResourceManager } from "@local-azure/resource-manager";
import { startServiceBus } from "@local-azure/service-bus";
import type { BlobEvent } from "@local-azure/storage";
import { management, openAccess } from "./access.ts";
import { allSettled } from "./all-settled.ts";
import { createClosing } from "./closing.ts";
import { lateBound } from "./late-bound.ts";
import { openPorts } from "./ports.ts";
import { ServerFailedError, type ServerReport } from "./supervision/server-report.ts";
import { watchSites } from "./supervision/site-watch.ts";
import { type KilledStart, startThoughKilled } from "./supervision/start-though-killed.ts";
import { startSupervisedStorage, untilLeft } from "./supervision/supervised-storage.ts";
import { createWatch } from "./supervision/watch.ts";
import type { Addresses, Topology } from "./topology.ts";

/** The parts in the order in which they become ready. */
export type Part =
  | "certificates"
  | "managed identity"
  | "storage"
  | "service bus"
  | "event grid"
  | "machine learning"
  | "resource manager"
  | "sites";

export interface LocalAzureOptions {
  /** Where certificates, blobs, messages, events, jobs and sites are kept from one start to the next. */
  readonly folder: string;
  readonly onProgress?: (part: Part, address: string) => void;
  /** Whether App Service does what Azure does only now and then; `calm` unless said. */
  readonly weather?: Weather;
  readonly onSiteLog?: (record: SiteLogRecord) => void;
  /** Each line that a training job writes. */
  readonly onJobOutput?: (job: string, line: string) => void;
  readonly onDelivery?: (report: DeliveryReport) => void;
  /** Told of each request that is refused for want of a role: who lacks which action where. */
  readonly onRefusal?: (message: string) => void;
  /** Told when a server ends by itself, is up again, or could not have its port. */
  readonly onServer?: (report: ServerReport) => void;
}

/** A running local Azure. */
export interface LocalAzure extends AsyncDisposable {
  readonly addresses: Addresses;
  readonly sites: readonly SiteAddress[];
  readonly authority: CertificateAuthority;
  /** What a process needs to be believed here, as whoever it says: the managed identity's variables. */
  readonly environment: IdentityEnvironment;
  /** The same for a process that has these identities and no others. */
  environmentFor(identities: AssignedIdentities): IdentityEnvironment;
  /** Resolves with the reason when a server cannot go on, or not be kept up: then there is nothing left but to close. */
  readonly failure: Promise<ServerFailedError>;
  close(): Promise<void>;
}

/** How long a process that was killed may still be on its way out, with its locks. */
const dyingMs = 3_000;
/** What the system topics are called, unless the topology says. */
const systemTopics = { storage: "storage", workspace: "machine-learning" } as const;

/**
 * Starts all of the local Azure: identity, storage, Service Bus, Event Grid, Azure ML, Resource Manager, App Service.
 * If one part does not start, those that did are closed again and its error is thrown.
 * A server whose process ends is started again, with its state, where it was.
 * @throws {FolderInUseError} when another process uses the folder.
 */
export async function startLocalAzure(topology: Topology, options: LocalAzureOptions): Promise<LocalAzure> {
  const closing = createClosing();
  try {
    return await startParts(topology, options, closing);
  } catch (error) {
    await closing.close().catch(() => undefined);
    throw error;
  }
}

async function startParts(
  topology: Topology,
  options: LocalAzureOptions,
  closing: ReturnType<typeof createClosing>,
): Promise<LocalAzure> {
  const { folder, onProgress = () => undefined } = options;
  const { subscriptionId, resourceGroup, storage, workspace } = topology;
  const under = async (name: string) => {
    const path = join(folder, name);
    await ownFolder(path);
    return path;
  };
  // It may be a folder that others have their part in: each of ours in it is closed to them.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(folder, { waitMs: dyingMs });
  closing.add({ close: async () => lock.release() });
  const report = options.onServer ?? (() => undefined);
  const watch = createWatch(report);
  const ports = await openPorts(folder, report);
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const idOfAccount = (name: string) => `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
  const accountId = idOfAccount(storage.account);
  const workspaceId = `${group}/providers/Microsoft.MachineLearningServices/workspaces/${workspace.name}`;

  const authority = await createCertificateAuthority(await under("certificates"));
  trustCertificateAuthority(authority.caCertificate);
  onProgress("certificates", authority.caCertificatePath);
  const tls = authority.server;
  const identity = closing.add(await startManagedIdentity({ port: await ports.of("managed identity") }));
  onProgress("managed identity", identity.endpoint);
  const credentialOf = (resourceId: string | undefined) =>
    localCredential(
      resourceId === undefined
        ? identity.environment
        : identity.environmentFor({ systemAssigned: identityOf(resourceId) }),
    );
  const refused = options.onRefusal ?? (() => undefined);
  const access = openAccess({
    wanted: topology.access,
    identity,
    file: join(await under("authorization"), "role-assignments.db"),
    onChange: () => blobs.setAccess(access.storage()),
    onRefusal: refused,
  });
  closing.add(access);

  // Storage raises events before there is an Event Grid to take them; none of them may be lost.
  const storageEvents = lateBound<BlobEvent>();
  const [storageFolder, busFolder] = [await under("storage"), await under("service-bus")];
  await untilLeft(storageFolder);
  const [storagePort, busPort] = [await ports.of("storage"), await ports.of("service bus")];
  const [blobs, bus] = await allSettled([
    startSupervisedStorage(
      {
        port: storagePort,
        folder: storageFolder,
        account: { name: storage.account },
        furtherAccounts: workspace.account === undefined ? {} : { [workspace.account]: idOfAccount(workspace.account) },
        containers: storage.containers,
        access: access.storage(),
        onRefusal: refused,
        tls,
        resourceId: accountId,
        onEvent: storageEvents.call,
      },
      watch,
    ).then(closing.add),
    startServiceBus({
      ...topology.serviceBus,
      port: busPort,
      data: busFolder,
      tls,
      plain: false,
      access: access.serviceBus(
        `${group}/providers/Microsoft.ServiceBus/namespaces/${topology.serviceBus.namespace ?? "local"}`,
      ),
      onFailure: (cause) => watch.fail(brokerFailed(cause)),
    }).then(closing.add),
  ]);
  onProgress("storage", blobs.blobEndpoint);
  onProgress("service bus", bus.fullyQualifiedNamespace);

  // Storage ends first, so that the events of its last blobs are still taken.
  const topics = topology.eventGrid.systemTopics ?? systemTopics;
  const anybody = credentialOf(undefined);
  const eventGrid = closing.addBelow(
    await startEventGrid({
      port: await ports.of("event grid"),
      tls,
      subscriptionId,
      resourceGroup,
      folder: await under("event-grid"),
      topics: topology.eventGrid.topics,
      systemTopics: [
        { name: topics.storage, source: accountId, subscriptions: topology.eventGrid.storageSubscriptions },
        { name: topics.workspace, source: workspaceId, subscriptions: topology.eventGrid.workspaceSubscriptions },
      ],
      serviceBus: { fullyQualifiedNamespace: bus.fullyQualifiedNamespace, credential: anybody },
      deadLetterStorage: { blobEndpoint: blobs.blobEndpoint, credential: anybody },
      access: access.to("https://eventgrid.azure.net"),
      credentialOf: ({ id }) => credentialOf(id),
      ...(options.onDelivery ? { onDelivery: options.onDelivery } : {}),
    }),
    blobs,
  );
  storageEvents.bind((event) => eventGrid.publish(topics.storage, { ...event }));
  onProgress("event grid", eventGrid.endpoint);

  const machineLearning = closing.add(
    await createMachineLearning({
      workspace: { subscriptionId, resourceGroup, name: workspace.name },
      storage: {
        blobEndpoint: blobs.endpointOf(workspace.account ?? storage.account),
        credential: credentialOf(workspace.identityId),
      },
      computeCredential: credentialOf(workspace.computeIdentityId),
      datastores: workspace.datastores.map((datastore) => ({ ...datastore, blobEndpoint: blobs.blobEndpoint })),
      ...(workspace.computes ? { computes: workspace.computes } : {}),
      ...(workspace.python ? { python: workspace.python } : {}),
      folder: await under("machine-learning"),
      onEvent: (event) => eventGrid.publish(topics.workspace, { ...event }),
      ...(options.onJobOutput ? { onJobOutput: options.onJobOutput } : {}),
    }),
  );
  onProgress("machine learning", workspace.name);

  const siteWatch = watchSites(watch);
  const appService = closing.add(
    await createAppService({
      tls,
      folder: await under("app-service"),
      environmentFor: access.environmentFor,
      ca: authority.caCertificate,
      access: access.to(...management),
      verifyCaller: (token) => identity.verifyToken(token),
      weather: options.weather ?? "calm",
      onDown: siteWatch.down,
      onUp: siteWatch.up,
      ...(options.onSiteLog ? { onLog: options.onSiteLog } : {}),
    }),
  );
  const resourceManager = closing.add(
    await startResourceManager({
      port: await ports.of("resource manager"),
      tls,
      providers: [
        machineLearning.provider,
        appService.provider,
        createEventGridProvider(eventGrid),
        access.roleAssignments,
      ],
      access: access.to(...management),
    }),
  );
  onProgress("resource manager", resourceManager.endpoint);
  await ports.save({
    "managed identity": Number(new URL(identity.endpoint).port),
    storage: blobs.port,
    "service bus": bus.port,
    "event grid": eventGrid.port,
    "resource manager": resourceManager.port,
  });

  const addresses: Addresses = {
    blobEndpoint: blobs.blobEndpoint,
    serviceBusNamespace: bus.fullyQualifiedNamespace,
    topicEndpoints: Object.fromEntries(
      topology.eventGrid.topics.map(({ name }) => [name, eventGrid.topicEndpoint(name)]),
    ),
    resourceManagerEndpoint: resourceManager.endpoint,
  };
  const wanted = topology.sites(addresses);
  siteWatch.starting(wanted.map(({ name }) => name));
  const sites = await allSettled(
    wanted.map((site) =>
      startThoughKilled({
        name: site.name,
        watch,
        start: () => appService.sites.create({ ...site, subscriptionId, resourceGroup }),
        killedStart: killedSite,
      }),
    ),
  );
  siteWatch.started();
  for (const { name, endpoint } of sites) onProgress("sites", `${name} ${endpoint}`);
  const { failure } = watch;
  const { close } = closing;
  const { environment, environmentFor } = identity;
  return { addresses, sites, authority, environment, environmentFor, failure, close, [Symbol.asyncDispose]: close };
}

const killedSite = (error: unknown): KilledStart =>
  error instanceof FunctionAppStartError && error.killedBy
    ? { reason: error.message, output: error.output }
    : undefined;

function brokerFailed(cause: unknown): ServerFailedError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ServerFailedError("service bus", `service bus has stopped: ${reason}`, { cause });
}
