import type { AccessControl } from "@local-azure/authorization";
import type { LogRecord, TlsMaterial } from "@local-azure/functions-host";
import type { Crash } from "../serve/slot.ts";
import type { VerifyCaller } from "./sign-in.ts";

/** A log line of an app, and where it ran. */
export interface SiteLogRecord extends LogRecord {
  readonly site: string;
  readonly slot: string;
}

/** An app of a site. */
export interface SiteSlot {
  readonly site: string;
  readonly slot: string;
}

/** An app that has ended by itself, or did not start, and is started again. */
export interface SiteDown extends SiteSlot, Crash {}

/** What is in the environment of an app whose user-assigned identities have these resource ids. */
export type EnvironmentFor = (identityIds: readonly string[]) => Readonly<Record<string, string>>;

/** What Azure does now and then, and what who publishes has to live with. */
export type Weather =
  /** Every second publication of a slot comes up with the package before it; the latest deployment is at first the one before. */
  | "rough"
  /** All goes as one would wish. */
  | "calm";

/** What all sites of an app service share. */
export interface HostContext {
  readonly tls: TlsMaterial;
  /** The data folder. */
  readonly folder: string;
  readonly environmentFor: EnvironmentFor;
  /** A certificate authority (PEM) that every app trusts. */
  readonly ca: string | undefined;
  /** Who publishes and whether they may; without it every bearer token may. */
  readonly access: AccessControl | undefined;
  /** Who asks an app whose sign-in wants to know; without it nobody is believed. */
  readonly verifyCaller: VerifyCaller;
  readonly weather: Weather;
  readonly onLog: (record: SiteLogRecord) => void;
  readonly onDown: (down: SiteDown) => void;
  /** An app that was down serves again. */
  readonly onUp: (up: SiteSlot) => void;
}
