import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Env } from "../env.ts";
import { singleton } from "../singleton.ts";
import { responseCounts } from "./count-response.ts";
import { respondError, respondText } from "./respond.ts";

export type Sample = { labels?: Readonly<Record<string, string>>; value: number };
export type Metric = {
  /** Prometheus' naming: snake_case, base units, counters end in `_total`. */
  name: string;
  help: string;
  type: "counter" | "gauge";
  /** Called when metrics are asked for: nothing is paid for until then. */
  read: () => Sample[];
};

const registered = singleton("metrics", () => new Map<string, Metric>());
const delays = singleton("event-loop-delay", () => monitorEventLoopDelay({ resolution: 20 }));

/** Adds a metric to /metrics; under the same name, replaces it. Labels must never hold a credential or an address. */
export function registerMetric(metric: Metric): void {
  registered.set(metric.name, metric);
}

/** Starts to measure the event loop and makes the process's own metrics known. */
export function startProcessMetrics(): void {
  delays.enable();
  for (const metric of PROCESS_METRICS) registerMetric(metric);
}

/** Everything that is registered, in Prometheus' text format 0.0.4. */
export function renderMetrics(): string {
  const lines: string[] = [];
  for (const { name, help, type, read } of registered.values()) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const { labels, value } of read()) {
      const inner = Object.entries(labels ?? {}).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
      lines.push(`${name}${inner.length > 0 ? `{${inner.join(",")}}` : ""} ${value}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/**
 * Answers GET /metrics: to the bearer of METRICS_TOKEN, or, without one, to loopback when no proxy stands in front. To others it does
 * not exist.
 */
export function serveMetrics(environment: Env, request: IncomingMessage, response: ServerResponse): void {
  const { metricsToken, trustProxy } = environment;
  const isLoopback = /^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? "");
  if (!metricsToken && (trustProxy > 0 || !isLoopback)) {
    respondError(response, "not_found");
  } else if (metricsToken && !isBearer(request.headers.authorization, metricsToken)) {
    respondError(response, "unauthorized", { "WWW-Authenticate": 'Bearer realm="metrics"' });
  } else {
    respondText(response, 200, renderMetrics(), { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
  }
}

/** Compares digests, so that the time it takes says nothing about the token, not even its length. */
function isBearer(authorization: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(authorization ?? ""), digest(`Bearer ${token}`));
}

const PROCESS_METRICS: Metric[] = [
  {
    name: "pensyve_http_responses_total",
    help: "Responses by status class.",
    type: "counter",
    read: () =>
      responseCounts().flatMap((value, index) => (index > 0 ? [{ labels: { class: `${index}xx` }, value }] : [])),
  },
  gauge("pensyve_event_loop_delay_p99_seconds", "99th percentile of the event loop's delay since the start.", () =>
    delays.count > 0 ? delays.percentile(99) / 1e9 : 0,
  ),
  gauge("pensyve_event_loop_utilization", "Share of time since the start in which the event loop was busy.", () => {
    return performance.eventLoopUtilization().utilization;
  }),
  gauge("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss()),
  gauge("nodejs_heap_used_bytes", "JavaScript heap in use.", () => process.memoryUsage().heapUsed),
  gauge("process_start_time_seconds", "When the process started, Unix time.", () => performance.timeOrigin / 1000),
  {
    name: "process_cpu_seconds_total",
    help: "CPU time, user and system.",
    type: "counter",
    read: () => {
      const { user, system } = process.cpuUsage();
      return [{ value: (user + system) / 1e6 }];
    },
  },
];

function gauge(name: string, help: string, value: () => number): Metric {
  return { name, help, type: "gauge", read: () => [{ value: value() }] };
}
