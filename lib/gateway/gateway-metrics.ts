import type { Verification } from "#lib/auth/start-verification.ts";
import { registerMetric } from "#lib/server/metrics.ts";

/** Makes known how often credentials were answered from memory, and whether this gateway hears of changes. */
export function registerGatewayMetrics({ counters, tokenCounters, isReady }: Verification): void {
  const counter = (name: string, help: string, read: () => number) =>
    registerMetric({ name, help, type: "counter", read: () => [{ value: read() }] });
  counter("pensyve_key_cache_hits_total", "Credentials answered from memory.", () => counters.hits);
  counter("pensyve_key_cache_misses_total", "Credentials looked up in the database.", () => counters.misses);
  counter("pensyve_key_cache_negative_hits_total", "Refusals answered from memory.", () => counters.negativeHits);
  counter("pensyve_token_cache_hits_total", "Access tokens answered from memory.", () => tokenCounters.hits);
  counter("pensyve_token_cache_misses_total", "Access tokens verified anew.", () => tokenCounters.misses);
  counter(
    "pensyve_token_cache_negative_hits_total",
    "Refused access tokens answered from memory.",
    () => tokenCounters.negativeHits,
  );
  registerMetric({
    name: "pensyve_gateway_trusts_cache",
    help: "1 while this gateway hears of every change; 0 while it asks the database for every request.",
    type: "gauge",
    read: () => [{ value: isReady() ? 1 : 0 }],
  });
}
