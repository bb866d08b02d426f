import type { KoaContextWithOIDC } from "oidc-provider";
import { db } from "#lib/db.ts";
import { SCOPES } from "#lib/scopes.ts";
import { isSameSecret, storedSecret } from "../client-adapter.ts";
import { effectiveScope } from "../resources.ts";

/**
 * The id and secret of an update (RFC 7592 section 2.2), the secret as the library compares it: it knows no more than the hash.
 * A wrong secret goes on as it is, and is refused there.
 */
export async function withStoredSecret(
  clientId: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const { client_id, client_secret: secret } = body;
  if (typeof secret !== "string") return { client_id };
  const row = await db().oAuthClient.findUnique({ where: { id: clientId }, select: { secretHash: true } });
  const stored = row?.secretHash ? storedSecret(row.secretHash) : "";
  return { client_id, client_secret: isSameSecret(stored, secret) ? stored : "" };
}

/**
 * Completes what the library answers to a registration or a look at one: the scope that a request of the client would have
 * (standards REG-03), and no stored secret, which is only a hash. Just made, the secret is in the answer, and never again.
 */
export async function completeRegistration(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  const { body } = ctx;
  if (!ctx.path.startsWith("/oauth/register") || ctx.status >= 300 || !isRecord(body)) return;
  if (String(body["client_secret"] ?? "").startsWith("sha256:")) delete body["client_secret"];
  body["scope"] = shownScope(ctx.oidc.body?.["scope"]);
}

function shownScope(asked: unknown): string {
  const names = typeof asked === "string" ? asked.split(" ") : [];
  const known = names.filter((name) => name === "openid" || name === "offline_access");
  const ours = names.filter((name) => SCOPES.some((scope) => scope === name));
  return [...new Set(known), effectiveScope(ours.join(" "))].join(" ");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Buffer.isBuffer(value);
}
