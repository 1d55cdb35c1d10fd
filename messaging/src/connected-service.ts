import type { TokenCredential } from "@azure/identity";
import type { ContainerName, ServiceName } from "@ratchet/contracts";
import { type Blobs, type DocumentReader, type DocumentStore, documentStore } from "@ratchet/state";
import { mustOpen, type OpenContainer, type OwnedContainer } from "./granted.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { traceOf } from "./trace.ts";
import type { EventTransport, MessageTransport } from "./transport.ts";

/** The containers of a service, as far as the topology grants them: others do not compile, and are refused at run time. */
export interface Stores<Name extends ServiceName> {
  blobs(name: OpenContainer<Name>): Blobs;
  documents(name: OwnedContainer<Name>): DocumentStore;
  documents(name: OpenContainer<Name>): DocumentReader;
}

/** An occasion to speak that is no message: a request, a schedule. Its name makes what is said twice one thing. */
export interface Occasion {
  readonly cause: string;
  /** The trace to go on in; without it one begins that follows from the cause. */
  readonly traceparent?: string | undefined;
  readonly time?: Date;
}

/** What a service stands on: its state, and its voice. */
export interface ConnectedService<Name extends ServiceName> extends Stores<Name> {
  readonly name: Name;
  readonly credential: TokenCredential;
  outbox(occasion: Occasion): Outbox;
}

/** What a service is connected to. */
export interface Connections {
  readonly credential: TokenCredential;
  readonly blobs: (container: ContainerName) => Blobs;
  /** How to wait after so many lost races for a document; a little, at random, where it is left out. */
  readonly pause?: (attempt: number) => Promise<void>;
  readonly messages: MessageTransport;
  readonly events: EventTransport;
  readonly clock: () => Date;
}

/** A service over its connections. Nothing is contacted before it is needed. */
export function connectService<Name extends ServiceName>(
  name: Name,
  { credential, blobs, pause, messages, events, clock }: Connections,
): ConnectedService<Name> {
  const open = (which: OpenContainer<Name>): Blobs => {
    mustOpen(name, which);
    return blobs(which);
  };
  return {
    name,
    credential,
    blobs: open,
    documents: (which: OpenContainer<Name>): DocumentStore => documentStore(open(which), pause),
    outbox: ({ cause, traceparent = traceOf(cause), time = clock() }) =>
      createOutbox(name, { cause, traceparent, time }, { messages, events }),
  };
}
