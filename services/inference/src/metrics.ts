import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { releaseOf } from "./predict.ts";
import type { Serving } from "./serving.ts";

/** What is asked when metrics are. */
interface Sources {
  readonly bytesInFlight: () => number;
  readonly serving: Serving;
}

export interface Metrics {
  /** An inference request was answered, after so many seconds. */
  answered(status: number, seconds: number): void;
  /** Of a request that was predicted for. */
  predicted(rows: number): void;
  /** The model ran on the event loop. */
  ran(rows: number, requests: number): void;
  readonly contentType: string;
  text(sources: Sources): Promise<string>;
}

const rowBuckets = [1, 2, 4, 8, 16, 32, 64, 256, 1_024, 4_096, 16_384, 65_536];

/** Metrics in Prometheus' text, with those of the process that prom-client has. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: "ratchet_inference_requests_total",
    help: "Inference requests that were answered, by status.",
    labelNames: ["status"],
    registers,
  });
  const seconds = new Histogram({
    name: "ratchet_inference_request_seconds",
    help: "From a request's arrival in the app to its answer.",
    buckets: [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const rows = new Histogram({
    name: "ratchet_inference_request_rows",
    help: "Rows of a request.",
    buckets: rowBuckets,
    registers,
  });
  const batchRows = new Histogram({
    name: "ratchet_inference_batch_rows",
    help: "Rows of a run of the model on the event loop.",
    buckets: rowBuckets.filter((bucket) => bucket <= 32),
    registers,
  });
  const batchRequests = new Histogram({
    name: "ratchet_inference_batch_requests",
    help: "Requests that shared a run of the model on the event loop.",
    buckets: rowBuckets.filter((bucket) => bucket <= 32),
    registers,
  });
  const waiting = new Gauge({
    name: "ratchet_inference_waiting_large_requests",
    help: "Large requests that wait for a thread.",
    registers,
  });
  const bytes = new Gauge({
    name: "ratchet_inference_bytes_in_flight",
    help: "Bytes of the requests that are being worked on.",
    registers,
  });
  const ready = new Gauge({ name: "ratchet_inference_ready", help: "1 where the model is loaded.", registers });
  const release = new Gauge({
    name: "ratchet_inference_release",
    help: "1, with the release that answers.",
    labelNames: ["model", "version", "release"],
    registers,
  });
  return {
    answered(status, taken) {
      requests.inc({ status });
      seconds.observe(taken);
    },
    predicted: (count) => rows.observe(count),
    ran(count, shared) {
      batchRows.observe(count);
      batchRequests.observe(shared);
    },
    contentType: registry.contentType,
    text({ bytesInFlight, serving }) {
      const now = serving;
      bytes.set(bytesInFlight());
      ready.set(now.state === "ready" ? 1 : 0);
      release.reset();
      if (now.state === "ready") {
        const { manifest } = now.model;
        waiting.set(now.model.waitingLarge());
        release.set({ model: manifest.model, version: manifest.version, release: releaseOf(manifest) }, 1);
      }
      return registry.metrics();
    },
  };
}
