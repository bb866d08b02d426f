import type { KoaContextWithOIDC } from "oidc-provider";

/** What has to be registered for an endpoint that serves one grant type alone. */
const GRANT_TYPES: Readonly<Record<string, string>> = {
  device_authorization: "urn:ietf:params:oauth:grant-type:device_code",
};

/**
 * Says `unauthorized_client` where the library says `invalid_request`: the client is known and the grant type is one of ours, but
 * the client did not register it (RFC 6749 section 5.2, RFC 8628 section 3.2; standards TOK-06).
 */
export async function asUnauthorizedClient(ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> {
  await next();
  if (ctx.status !== 400 || !ctx.oidc) return;
  const { client, params, route } = ctx.oidc;
  const grantType = route === "token" ? params?.["grant_type"] : GRANT_TYPES[route];
  const body = ctx.body as { error?: unknown };
  if (!client || typeof grantType !== "string" || client.grantTypeAllowed(grantType)) return;
  if (body.error === "invalid_request") ctx.body = { ...body, error: "unauthorized_client" };
}
