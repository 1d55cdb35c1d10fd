/** What a function is, for whoever looks at the app from outside. */
export interface FunctionInfo {
  readonly name: string;
  /** The binding type: httpTrigger, serviceBusTrigger, timerTrigger, eventGridTrigger, warmupTrigger. */
  readonly trigger: string;
  readonly disabled: boolean;
  /** HTTP only: the path below the host, without leading slash. */
  readonly route?: string;
  /** HTTP only; absent accepts every method. */
  readonly methods?: readonly string[];
  /** Service Bus only: the queue, or `topic/Subscriptions/subscription`. */
  readonly entity?: string;
  /** Timer only. */
  readonly schedule?: string;
}
