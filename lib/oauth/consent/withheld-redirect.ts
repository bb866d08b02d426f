import type Provider from "oidc-provider";
import type { errors, KoaContextWithOIDC } from "oidc-provider";
import { db } from "#lib/db.ts";
import type { Env } from "#lib/env.ts";
import { log } from "#lib/log.ts";
import { findSession } from "#lib/sessions/find-session.ts";
import { sessionCookie } from "#lib/sessions/session-cookie.ts";
import { shippedDocument } from "../documents/shipped-copies.ts";
import { isSelfRegistered } from "../registration/registration-request.ts";
import { redirectFacts } from "./client-facts.ts";
import { noteError } from "./error-page.ts";

/**
 * Keeps this server from sending people wherever a stranger wants (RFC 9700 section 4.11.2): anybody can register an https address, or
 * name it in a document, and then a link to this server with an error in it, or with `prompt=none`, would lead there at once, under
 * this server's name. So an error that would go to a website of a client that nobody has checked is a page with that site's name and a
 * link, unless the person who is signed in has allowed the client something before. What goes on after the consent page has been seen
 * already, and loopback addresses and apps of a scheme are no websites; programs get their redirect.
 */
export function withholdRedirects(provider: Provider, environment: Env): void {
  const failed = new WeakMap<KoaContextWithOIDC, errors.OIDCProviderError>();
  provider.on("authorization.error", (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) =>
    failed.set(ctx, error),
  );
  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next();
    const error = failed.get(ctx);
    // Without a page it would be neither a redirect nor a form that posts itself.
    if (!error || ctx.respond === false || ctx.oidc.route === "resume" || ctx.accepts("json", "html") !== "html")
      return;
    const { redirect_uri: redirectUri, state } = ctx.oidc.params ?? {};
    if (ctx.oidc.client === undefined || typeof redirectUri !== "string") return;
    if (!isUnchecked(ctx.oidc.client.clientId, environment) || redirectFacts(redirectUri).redirectKind !== "web")
      return;
    if (await hasAllowedBefore(ctx, ctx.oidc.client.clientId)) return;
    const backTo = ctx.response.get("Location") || answerOf(provider, redirectUri, error, state);
    ctx.body = null;
    ctx.status = 400;
    ctx.remove("Location");
    ctx.respond = false;
    noteError(ctx.res, { kind: "stranger", description: undefined, uid: undefined, backTo });
  });
}

/**
 * Whether neither the operator nor this project has looked at the client: it registered itself, or its document is at a host that
 * nobody named. A document says where its answers go, which may be anywhere, and everybody can publish one.
 */
function isUnchecked(clientId: string, { clientDocuments }: Pick<Env, "clientDocuments">): boolean {
  if (!clientId.startsWith("https://")) return isSelfRegistered(clientId);
  return clientDocuments === "all" && shippedDocument(clientId) === undefined;
}

/** Whoever has allowed a client something knows where it lives. Without the database nobody has. */
async function hasAllowedBefore(ctx: KoaContextWithOIDC, clientId: string): Promise<boolean> {
  const token = ctx.cookies.get(sessionCookie(ctx.oidc.provider.issuer).name, { signed: false });
  if (!token) return false;
  try {
    const session = await findSession(token);
    if (!session) return false;
    const where = { userId: session.user.id, clientId, redeemedAt: { not: null } };
    return (await db().oAuthGrant.findFirst({ where, select: { id: true } })) !== null;
  } catch (error) {
    log.warn("Who is signed in could not be read; an error is shown instead of sent on", { error: String(error) });
    return false;
  }
}

/** What a form would have posted, as a link. */
function answerOf(
  { issuer }: Provider,
  redirectUri: string,
  { error, error_description: description }: errors.OIDCProviderError,
  state: unknown,
): string {
  const url = new URL(redirectUri);
  const answer = { error, error_description: description, iss: issuer, state };
  for (const [name, value] of Object.entries(answer)) if (typeof value === "string") url.searchParams.set(name, value);
  return url.href;
}
