import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors.ts";
import { connectedAppMail } from "#lib/mail/connected-app.ts";
import { queueMail } from "#lib/mail/send-mail.ts";
import { SCOPES } from "#lib/scopes.ts";
import { currentProvider } from "../provider.ts";
import { isLegacyAudience } from "../resources.ts";
import { type ClientFacts, clientFacts, redirectFacts } from "./client-facts.ts";
import { claimAnswer } from "./consent-answer.ts";
import { withConsent } from "./current-consent.ts";
import { answeredInteraction, exchangeOf, interactionOf } from "./interaction-of.ts";
import { isPartOf, narrowerGrant } from "./narrower-grant.ts";
import { type StepUp, stepUpOf } from "./step-up.ts";

/** A request that waits for a person's answer, as the consent page shows it. */
export type PendingConsent = {
  uid: string;
  client: ClientFacts;
  /** What it asks for, space-separated, of our scopes only. */
  scope: string;
  /** Where the client has something of this person already, and asks for more. */
  stepUp: StepUp | undefined;
  endsAt: Date;
};

/**
 * The request that `cookies` (the Cookie header) belongs to. The provider's own cookie binds it to the browser that began it.
 * @throws DomainError `interaction_gone` when it ended or is another browser's, `interaction_answered`.
 */
export async function pendingConsent(
  actor: Pick<Actor, "userId">,
  uid: string,
  cookies: string,
): Promise<PendingConsent> {
  const details = await interactionOf(uid, cookies);
  const { client_id: clientId, redirect_uri: redirectUri, scope } = details.params;
  const client = await requestingClient(String(clientId), String(redirectUri));
  const asked = ours(String(scope ?? ""));
  const heldScope = await narrowerGrant(db(), actor.userId, client.id, asked);
  return {
    uid,
    client,
    scope: asked,
    stepUp: heldScope === undefined ? undefined : stepUpOf(heldScope, asked, env()),
    endsAt: new Date(details.exp * 1000),
  };
}

/**
 * Records that the signed-in person allows `scope` (a part of what was asked) and answers login and consent in one.
 * Always a new grant, so that two installations never share one (standards CIM-15). One transaction: grant and audit row
 * `app.connected`, or `app.widened` where the app had less before.
 * The person gets a mail, after the commit and without waiting for it.
 * @returns where the browser goes on to: the provider, which then sends the code.
 * @throws DomainError `interaction_gone`, `interaction_answered`, `rate_limited`, `invalid_input` (more than was asked, or nothing).
 */
export async function allowConsent(actor: Actor, uid: string, cookies: string, scope: string): Promise<string> {
  const details = await interactionOf(uid, cookies);
  const { client_id: clientId, redirect_uri: redirectUri, scope: askedScope, resource } = details.params;
  const granted = ours(scope);
  if (granted === "" || !isPartOf(granted, ours(String(askedScope ?? "")))) {
    throw new DomainError("invalid_input", {
      message: "Allow what the app asked for, or less.",
      details: { field: "scope" },
    });
  }
  if (granted.includes(" ") && isLegacyAudience(env().audience)) {
    throw new DomainError("invalid_input", {
      message: "Allow full access, reading alone or writing alone: this server's gateways know no other scope.",
      details: { field: "scope" },
    });
  }
  const client = await requestingClient(String(clientId), String(redirectUri));
  const grantId = await saveGrant(actor, client, granted, Array.isArray(resource) ? resource : [resource], uid);
  // A narrower answer than the question: from here on the request asks for what was allowed, or the provider would ask again.
  const others = String(askedScope ?? "")
    .split(" ")
    .filter((name) => !SCOPES.some((known) => known === name));
  details.params["scope"] = [...others, granted].join(" ");
  details.result = { login: { accountId: actor.userId, remember: false }, consent: { grantId } };
  await details.persist();
  const now = new Date();
  queueMail(() => connectedAppMail(actor, { ...client, scope: granted }, now));
  return details.returnTo;
}

/**
 * Makes the grant of one consent for these resources. `uid`: of the request that it answers, which takes no other answer.
 * @returns its id.
 * @throws DomainError `interaction_answered`, `rate_limited`.
 */
export async function saveGrant(
  actor: Actor,
  client: ClientFacts,
  scope: string,
  resources: readonly unknown[],
  uid: string,
): Promise<string> {
  const { Grant } = currentProvider();
  return await withConsent({ actor, client, scope, uid }, async () => {
    const grant = new Grant({ accountId: actor.userId, clientId: client.id });
    for (const resource of resources) grant.addResourceScope(String(resource), scope);
    // The metadata lists our scopes among the provider's own, so it asks for them there too.
    grant.addOIDCScope(`openid offline_access ${scope}`);
    return await grant.save();
  });
}

/** Tells the client that the person said no. @returns where the browser goes on to. @throws as {@link pendingConsent} */
export async function denyConsent(uid: string, cookies: string): Promise<string> {
  await interactionOf(uid, cookies);
  await claimAnswer(db(), uid, new Date());
  const result = { error: "access_denied", error_description: "The person said no." };
  return await currentProvider().interactionResult(...exchangeOf(cookies), result, { mergeWithLastSubmission: false });
}

/** An answer that the browser has yet to go on with, as the page says it that stays. */
export type AnsweredConsent = { isAllowed: boolean; client: ClientFacts; returnTo: string };

/** What was answered, until the browser has gone on with it. @throws DomainError `interaction_gone`, `interaction_answered` */
export async function answeredConsent(uid: string, cookies: string): Promise<AnsweredConsent> {
  const { params, result, returnTo } = await answeredInteraction(uid, cookies);
  const client = await requestingClient(String(params["client_id"]), String(params["redirect_uri"]));
  return { isAllowed: result?.["error"] === undefined, client, returnTo };
}

/** Where an answer goes, until the browser has gone on with it. @throws DomainError as {@link answeredConsent} */
export async function answeredRedirectKind(uid: string, cookies: string): Promise<ClientFacts["redirectKind"]> {
  const { params } = await answeredInteraction(uid, cookies);
  return redirectFacts(String(params["redirect_uri"])).redirectKind;
}

/** Who asks. @throws DomainError `interaction_gone` when the client is gone meanwhile */
export async function requestingClient(clientId: string, redirectUri: string): Promise<ClientFacts> {
  const known = clientId.startsWith("https://") ? await documentClient(clientId) : await keptClient(clientId);
  return clientFacts({ id: clientId, ...known }, redirectUri);
}

async function documentClient(clientId: string) {
  const client = await currentProvider().Client.find(clientId);
  if (!client) throw new DomainError("interaction_gone");
  return { name: client.clientName, kind: "document" } as const;
}

/** From its row, past the provider, which knows nothing of who made it: one statement instead of two. */
async function keptClient(clientId: string) {
  const row = await db().oAuthClient.findUnique({ where: { id: clientId }, select: { kind: true, metadata: true } });
  if (!row) throw new DomainError("interaction_gone");
  const { client_name: name } = row.metadata as { client_name?: unknown };
  const kind = row.kind === "preregistered" ? "preregistered" : "registered";
  return { name: typeof name === "string" ? name : undefined, kind } as const;
}

/** Those of our scopes that `scope` names, in the catalogue's order. */
export function ours(scope: string): string {
  const names = new Set(scope.split(" "));
  return SCOPES.filter((name) => names.has(name)).join(" ");
}
