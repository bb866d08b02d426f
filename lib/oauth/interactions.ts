import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Actor } from "#lib/audit/actor.ts";
import { DomainError } from "#lib/errors.ts";
import { SCOPES, type Scope } from "#lib/scopes.ts";
import { type ClientFacts, cleanName, redirectFacts } from "./client-facts.ts";
import { withConsent } from "./current-consent.ts";
import { currentProvider } from "./provider.ts";

/** A request that waits for a person's answer, as the consent page shows it. */
export type PendingConsent = {
  uid: string;
  client: ClientFacts;
  /** Space-separated, of ours only. */
  scope: string;
  /** What the client asked for beside: whether it wants to go on without the browser. */
  endsAt: Date;
};

/**
 * The request that `cookies` (the Cookie header) belongs to. The provider's own cookie binds it to the browser that began it.
 * @throws DomainError `interaction_gone` when it ended, was answered, or is another browser's.
 */
export async function pendingConsent(uid: string, cookies: string): Promise<PendingConsent> {
  const details = await interactionOf(uid, cookies);
  const { client_id: clientId, redirect_uri: redirectUri, scope } = details.params;
  const client = await currentProvider().Client.find(String(clientId));
  if (!client) throw new DomainError("interaction_gone");
  const isDocument = client.clientId.startsWith("https://");
  const facts: ClientFacts = {
    id: client.clientId,
    name: cleanName(client.clientName, client.clientId),
    host: isDocument ? new URL(client.clientId).host : null,
    trust: isDocument ? "verified" : client.clientId.startsWith("psc_") ? "unverified" : "server",
    ...redirectFacts(String(redirectUri)),
  };
  return { uid, client: facts, scope: ours(String(scope ?? "")), endsAt: new Date(details.exp * 1000) };
}

/**
 * Records that the signed-in person allows `scope` (a part of what was asked) and answers login and consent in one.
 * Always a new grant, so that two installations never share one. One transaction: grant and audit row `app.connected`.
 * @returns where the browser goes on to: the provider, which then sends the code.
 * @throws DomainError `interaction_gone`, `invalid_input` (more than was asked, or nothing).
 */
export async function allowConsent(actor: Actor, uid: string, cookies: string, scope: string): Promise<string> {
  const pending = await pendingConsent(uid, cookies);
  const granted = ours(scope);
  if (granted === "" || !isPartOf(granted, pending.scope)) {
    throw new DomainError("invalid_input", {
      message: "Allow what the app asked for, or less.",
      details: { field: "scope" },
    });
  }
  const provider = currentProvider();
  const details = await interactionOf(uid, cookies);
  const grantId = await withConsent({ actor, client: pending.client, scope: granted }, async () => {
    const grant = new provider.Grant({ accountId: actor.userId, clientId: pending.client.id });
    const resource = details.params["resource"];
    for (const one of Array.isArray(resource) ? resource : [resource]) grant.addResourceScope(String(one), granted);
    // The metadata lists our scopes among the provider's own, so it asks for them there too.
    grant.addOIDCScope(`openid offline_access ${granted}`);
    return await grant.save();
  });
  // A narrower answer than the question: from here on the request asks for what was allowed, or the provider would ask again.
  const others = String(details.params["scope"] ?? "")
    .split(" ")
    .filter((name) => !SCOPES.some((known) => known === name));
  details.params["scope"] = [...others, granted].join(" ");
  details.result = { login: { accountId: actor.userId, remember: false }, consent: { grantId } };
  await details.persist();
  return details.returnTo;
}

/** Tells the client that the person said no. @returns where the browser goes on to. */
export async function denyConsent(uid: string, cookies: string): Promise<string> {
  await interactionOf(uid, cookies);
  const result = { error: "access_denied", error_description: "The person said no." };
  return await currentProvider().interactionResult(...exchangeOf(cookies), result, { mergeWithLastSubmission: false });
}

async function interactionOf(uid: string, cookies: string) {
  const details = await currentProvider()
    .interactionDetails(...exchangeOf(cookies))
    .catch(() => undefined);
  if (details?.uid !== uid || details.result) throw new DomainError("interaction_gone");
  return details;
}

/** oidc-provider reads nothing but the cookies of a request here, and writes nothing. */
function exchangeOf(cookies: string): [IncomingMessage, ServerResponse] {
  const request = new IncomingMessage(new Socket());
  request.headers["cookie"] = cookies;
  return [request, new ServerResponse(request)];
}

function ours(scope: string): string {
  const names = new Set(scope.split(" "));
  return SCOPES.filter((name) => names.has(name)).join(" ");
}

/** `mcp` holds both halves, so either is a part of it. */
function isPartOf(granted: string, asked: string): boolean {
  const wide = new Set(asked.split(" "));
  return wide.has("mcp") || granted.split(" ").every((name) => wide.has(name as Scope));
}
