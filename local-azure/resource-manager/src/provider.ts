/** One call to a resource provider, its address already taken apart. */
export interface ArmRequest {
  readonly method: string;
  /** The full resource id path as the client wrote it, without query and with one slash before it. */
  readonly path: string;
  /** Everything before the last `/providers/`: a resource group, or the resource that an extension resource extends. */
  readonly scope: string;
  /** The provider's namespace as the client wrote it, for instance `Microsoft.Web`. */
  readonly namespace: string;
  /** The decoded path segments below the namespace: `["sites", "my-app", "slots", "staging"]`. */
  readonly segments: readonly string[];
  readonly subscriptionId: string;
  /** Undefined for a resource at subscription level. */
  readonly resourceGroup: string | undefined;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed JSON body; undefined where there was none. */
  readonly body: unknown;
  /** `https://localhost:port` as the client addressed it, for links back to this server. */
  readonly endpoint: string;
  /**
   * Starts a long-running operation and returns the answer that points at it (202 with `Location` and
   * `Azure-AsyncOperation`, unless told otherwise). What `work` resolves to is the operation's result; an
   * `ArmError` it throws is the operation's error.
   */
  startOperation(work: () => Promise<unknown>, accepted?: AcceptedResponse): ArmResponse;
}

/** How the start of an operation is answered where 202 without a body is not what the service sends. */
export interface AcceptedResponse {
  readonly status?: 200 | 201 | 202;
  readonly body?: unknown;
  /**
   * The path of the resource below which the operation is polled. Most services have theirs below the location, where
   * who has a role on the resource alone may not look.
   */
  readonly below?: string;
}

export interface ArmResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What plugs into the local Resource Manager: everything under one namespace. */
export interface ResourceProvider {
  /** For instance `Microsoft.Web`; compared without regard to case, as on Azure. */
  readonly namespace: string;
  /**
   * Answers a request.
   * @throws {ArmError} when it is refused.
   */
  handle(request: ArmRequest): Promise<ArmResponse>;
}
