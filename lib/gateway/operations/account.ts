import { z } from "zod";
import { defineOperation } from "#lib/gateway/operation.ts";
import { count, instant } from "#lib/gateway/output.ts";
import { gatewaySettings } from "#lib/gateway/settings.ts";
import { reportUsage, type UsageReport } from "#lib/gateway/usage-report.ts";
import { memoryStore } from "#lib/memory/store.ts";
import { accessTokenOutput, apiKeyOutput, credentialFacts, limitFacts, limitsOutput } from "./credential-facts.ts";
import { ownerOf } from "./owner.ts";
import { countMemories, tenantName } from "./status.ts";

const nothing = z.object({});

export const account = defineOperation({
  name: "account",
  summary: "See scope, usage and limits",
  access: "read",
  run: async (principal) => {
    const [usage, stats] = await Promise.all([reportUsage(principal.userId), memoryStore().stats(ownerOf(principal))]);
    return {
      mode: "remote" as const,
      message: "Scope, usage and limits of this credential. The dashboard shows more.",
      dashboard_url: `${gatewaySettings().publicUrl}/keys`,
      credential: credentialFacts(principal),
      scope: principal.scope,
      limits: limitFacts(),
      usage: shownUsage(usage),
      memories_stored: countMemories(stats),
      namespace: tenantName(principal.userId),
    };
  },
  rest: {
    routes: [{ method: "GET", path: "/v1/usage" }],
    input: nothing,
    output: z.object({
      mode: z.literal("remote"),
      message: z.string(),
      dashboard_url: z.string(),
      credential: z.union([apiKeyOutput, accessTokenOutput]),
      scope: z.string(),
      limits: limitsOutput,
      usage: z.object({
        period_start: instant,
        period_end: instant,
        requests: count,
        refused: count,
        requests_ever: count,
        by_operation: z.record(z.string(), count),
      }),
      memories_stored: count,
      namespace: z.string(),
      standard: count,
      multimodal: count,
      extraction: count,
      period_start: instant,
      period_end: instant,
      total_ops: count,
      monthly_ops: count,
      api_calls: count,
      recalls: count,
    }),
    // The first eight are the names that older clients read.
    body: (facts) => ({
      standard: facts.usage.requests,
      multimodal: 0,
      extraction: 0,
      period_start: facts.usage.period_start,
      period_end: facts.usage.period_end,
      total_ops: facts.usage.requests_ever,
      monthly_ops: facts.usage.requests,
      api_calls: facts.usage.requests,
      recalls: facts.usage.by_operation["recall"] ?? 0,
      ...facts,
    }),
  },
  tool: {
    description: "See the scope, the usage and the limits of the credential in use.",
    input: nothing,
    document: (facts) => facts,
  },
});

function shownUsage(usage: UsageReport) {
  return {
    period_start: usage.periodStart.toISOString(),
    period_end: usage.periodEnd.toISOString(),
    requests: usage.requests,
    refused: usage.refused,
    requests_ever: usage.requestsEver,
    by_operation: Object.fromEntries(usage.byOperation),
  };
}
