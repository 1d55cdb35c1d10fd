import type { Permission } from "@local-azure/authorization";

/** A request as far as it decides what it needs: what is done, and where. */
export interface AskedOperation {
  /** Azurite's name for it, e.g. `BlockBlob_Upload`. */
  readonly name: string;
  readonly container: string | undefined;
  /** The container of the same account that a copy reads from. */
  readonly source: string | undefined;
}

const account = "Microsoft.Storage/storageAccounts";
const services = `${account}/blobServices`;
const containers = `${services}/containers`;
const blobs = `${containers}/blobs`;

type Need = Pick<Permission, "plane" | "action">;

const control = (action: string): Need => ({ plane: "control", action });
const data = (action: string): Need => ({ plane: "data", action });

/**
 * What each operation needs on its container, or on the account where it has none. Who may write but not overwrite
 * (`blobs/add/action` alone) is not told apart: no built-in role is so.
 * Source: https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-blob-service-operations
 */
const needs: readonly (readonly [operations: RegExp, need: Need])[] = [
  [/^Service_ListContainersSegment$|^Container_GetProperties(WithHead)?$/, control(`${containers}/read`)],
  [/^Service_(GetProperties|GetStatistics)$/, control(`${services}/read`)],
  [/^Service_SetProperties$/, control(`${services}/write`)],
  [/^Service_GetUserDelegationKey$/, control(`${services}/generateUserDelegationKey/action`)],
  [/_GetAccountInfo(WithHead)?$/, control(`${services}/getInfo/action`)],
  [/^(Service|Container)_FilterBlobs$/, data(`${blobs}/filter/action`)],
  [/^Container_GetAccessPolicy$/, control(`${containers}/getAcl/action`)],
  [/^Container_SetAccessPolicy$/, control(`${containers}/setAcl/action`)],
  [/^Container_Delete$/, control(`${containers}/delete`)],
  [
    /^Container_(Create|SetMetadata|Restore|\w+Lease|SubmitBatch)$|^Service_SubmitBatch$/,
    control(`${containers}/write`),
  ],
  [/^Container_ListBlob(Flat|Hierarchy)Segment$/, data(`${blobs}/read`)],
  [/^Blob_GetTags$/, data(`${blobs}/tags/read`)],
  [/^Blob_SetTags$/, data(`${blobs}/tags/write`)],
  [/^Blob_(Download|GetProperties|Query)$|_GetBlockList$|_GetPageRanges(Diff)?$/, data(`${blobs}/read`)],
  [/^Blob_Delete$/, data(`${blobs}/delete`)],
  [/^(Block|Append|Page)?Blob_/, data(`${blobs}/write`)],
];

/** The permissions that an operation needs in an account; undefined for one that is not known. */
export function permissionsFor(operation: AskedOperation, accountId: string): readonly Permission[] | undefined {
  const need = needs.find(([operations]) => operations.test(operation.name))?.[1];
  if (!need) return undefined;
  const scopeOf = (container: string | undefined) =>
    container === undefined ? accountId : `${accountId}/blobServices/default/containers/${container}`;
  const source = operation.source === undefined ? [] : [{ ...data(`${blobs}/read`), scope: scopeOf(operation.source) }];
  return [...source, { ...need, scope: scopeOf(operation.container) }];
}
