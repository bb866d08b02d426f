import { z } from "zod";
import type { Principal } from "#lib/auth/principal.ts";
import { count, id, instant } from "#lib/gateway/output.ts";
import { gatewaySettings, userRateLimit } from "#lib/gateway/settings.ts";

export const apiKeyOutput = z.object({
  kind: z.literal("api_key"),
  key_id: id,
  prefix: z.string().nullable().describe("The first characters; null for imported keys."),
  name: z.string(),
  scope: z.string(),
  expires_at: instant.nullable(),
  grace_ends_at: instant.nullable().describe("Set while a replaced key still works."),
});

export const accessTokenOutput = z.object({
  kind: z.literal("access_token"),
  client_id: z.string(),
  grant_id: id,
  scope: z.string(),
});

export const limitsOutput = z.object({ requests_per_minute: count, requests_per_minute_of_user: count });

/** What a holder may know of the presented credential; never the credential itself. */
export function credentialFacts(principal: Principal) {
  if (principal.kind === "access_token") {
    const { kind, clientId, grantId, scope } = principal;
    return { kind, client_id: clientId, grant_id: grantId, scope };
  }
  const { kind, keyId, prefix, name, scope, expiresAt, graceEndsAt } = principal;
  return {
    kind,
    key_id: keyId,
    prefix,
    name,
    scope,
    expires_at: expiresAt?.toISOString() ?? null,
    grace_ends_at: graceEndsAt?.toISOString() ?? null,
  };
}

/** Requests a minute: of one credential, and of all credentials of its user together. */
export function limitFacts() {
  const settings = gatewaySettings();
  return { requests_per_minute: settings.rateLimit, requests_per_minute_of_user: userRateLimit(settings) };
}
