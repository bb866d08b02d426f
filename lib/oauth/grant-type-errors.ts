import type { KoaContextWithOIDC } from "oidc-provider";

/**
 * Says `unauthorized_client` where the library says `invalid_request`: the client is known and the grant type is one of ours, but
 * the client did not register it (RFC 6749 section 5.2; standards TOK-06).
 */
export async function asUnauthorizedClient(ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> {
  await next();
  if (ctx.status !== 400 || ctx.oidc?.route !== "token") return;
  const { client, params } = ctx.oidc;
  const grantType = params?.["grant_type"];
  const body = ctx.body as { error?: unknown };
  if (!client || typeof grantType !== "string" || client.grantTypeAllowed(grantType)) return;
  if (body.error === "invalid_request") ctx.body = { ...body, error: "unauthorized_client" };
}
