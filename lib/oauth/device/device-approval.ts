import type { Actor } from "#lib/audit/actor.ts";
import { db, inTransaction } from "#lib/db.ts";
import { DomainError, isDomainError } from "#lib/errors.ts";
import { endGrant } from "#lib/grants/end-grant.ts";
import { connectedAppMail } from "#lib/mail/connected-app.ts";
import { queueMail } from "#lib/mail/send-mail.ts";
import { SCOPES } from "#lib/scopes.ts";
import { type ClientFacts, DEVICE_REDIRECT } from "../consent/client-facts.ts";
import { claimAnswer } from "../consent/consent-answer.ts";
import { consentToken, isConsentToken } from "../consent/consent-token.ts";
import { ours, requestingClient, saveGrant } from "../consent/interactions.ts";
import { isPartOf } from "../consent/narrower-grant.ts";
import { type DeviceRow, findDeviceCode, groupedCode, settleDeviceCode } from "./device-codes.ts";
import { admitEntry, forgiveEntry } from "./device-entry.ts";

/** What a device code and the form about it belong to: the code, and the session that entered it (attack 18). */
export type EnteredCode = { code: string; token: string };

/** A device that waits for a person's answer, as the page shows it. `code` is grouped, as the device shows it. */
export type PendingDevice = {
  code: string;
  client: ClientFacts;
  /** What it asks for, space-separated, of our scopes only. */
  scope: string;
  /** Where the device is; null when that is not known. */
  address: string | null;
  askedAt: Date;
  endsAt: Date;
};
export type DeviceState =
  | { state: "open"; device: PendingDevice }
  /** By this person. */
  | { state: "allowed" }
  | { state: "denied" }
  | { state: "gone" };

/**
 * Takes a code that a person typed, in any spelling. Every wrong one counts (standards DEV-03).
 * @returns the code, and the token that proves that this session has entered it.
 * @throws DomainError `device_code_wrong` (unknown, ended, answered), `device_entry_paused` (with `minutes`).
 */
export async function enterDeviceCode(actor: Actor, typed: string, now = new Date()): Promise<EnteredCode> {
  const waitMs = await admitEntry(actor, now);
  if (waitMs > 0) {
    const minutes = Math.ceil(waitMs / 60_000);
    const message = `Too many wrong codes. Try again in ${minutes} min.`;
    throw new DomainError("device_entry_paused", { message, details: { minutes } });
  }
  const row = await findDeviceCode(typed, now);
  if (row?.answer !== "none") throw new DomainError("device_code_wrong");
  await forgiveEntry(actor);
  return { code: groupedCode(row.userCode), token: consentToken(sessionOf(actor), formOf(row)) };
}

/** What became of a code that this session entered. `gone` also for a token of another session, or of another code. */
export async function deviceState(actor: Actor, entered: EnteredCode, now = new Date()): Promise<DeviceState> {
  const row = await findDeviceCode(entered.code, now);
  if (!row || !isConsentToken(entered.token, sessionOf(actor), formOf(row))) return { state: "gone" };
  if (row.answer === "denied") return { state: "denied" };
  if (row.answer !== "none") return row.answer.allowedBy === actor.userId ? { state: "allowed" } : { state: "gone" };
  const client = await requestingClient(row.clientId, DEVICE_REDIRECT).catch(undefinedWhenGone);
  if (!client) return { state: "gone" };
  const { address, askedAt, expiresAt } = row;
  return {
    state: "open",
    device: { code: groupedCode(row.userCode), client, scope: ours(row.scope), address, askedAt, endsAt: expiresAt },
  };
}

/**
 * Records that the signed-in person allows the device `scope`, a part of what was asked; it gets its tokens when it asks next.
 * Always a new grant, with the audit row in its transaction, as at {@link saveGrant}; the
 * person gets a mail, once it counts and without waiting for it.
 * @throws DomainError `foreign_form` (another session entered the code), `device_code_wrong` (it has ended), `interaction_answered`,
 *   `invalid_input` (more than was asked, or nothing), `rate_limited`.
 */
export async function allowDevice(
  actor: Actor,
  { scope, ...entered }: EnteredCode & { scope: string },
  signedInAt: Date,
  now = new Date(),
): Promise<void> {
  const row = await openCode(actor, entered, now);
  const granted = ours(scope);
  if (granted === "" || !isPartOf(granted, ours(row.scope))) {
    const message = "Allow what the app asked for, or less.";
    throw new DomainError("invalid_input", { message, details: { field: "scope" } });
  }
  const client = await requestingClient(row.clientId, DEVICE_REDIRECT);
  const grantId = await saveGrant(actor, client, granted, row.resources, formOf(row));
  const others = row.scope.split(" ").filter((name) => !SCOPES.some((known) => known === name));
  // What the library itself would set after its own pages.
  const answer = {
    accountId: actor.userId,
    authTime: Math.floor(signedInAt.getTime() / 1000),
    grantId,
    scope: [...others, granted].join(" "),
    resource: row.resources.length === 1 ? row.resources[0] : row.resources,
  };
  if (await settleDeviceCode(db(), row, answer)) {
    queueMail(() => connectedAppMail(actor, { ...client, scope: granted }, now));
    return;
  }
  // It ended at this very moment: nobody can use the grant, so it must not look as if somebody could.
  await inTransaction(async (tx) => endGrant(tx, grantId, "client", actor, new Date()));
  throw new DomainError("device_code_wrong");
}

/** Records that the person said no; the device is told when it asks next. @throws as {@link allowDevice} */
export async function denyDevice(actor: Actor, entered: EnteredCode, now = new Date()): Promise<void> {
  const row = await openCode(actor, entered, now);
  await inTransaction(async (tx) => {
    await claimAnswer(tx, formOf(row), now);
    const answer = { error: "access_denied", errorDescription: "the person said no" };
    if (!(await settleDeviceCode(tx, row, answer))) throw new DomainError("device_code_wrong");
  });
}

async function openCode(actor: Actor, entered: EnteredCode, now: Date): Promise<DeviceRow> {
  const row = await findDeviceCode(entered.code, now);
  if (!row) throw new DomainError("device_code_wrong");
  if (!isConsentToken(entered.token, sessionOf(actor), formOf(row))) throw new DomainError("foreign_form");
  if (row.answer !== "none") throw new DomainError("interaction_answered");
  return row;
}

/** Names one request of one device: a code that comes again later is another. */
function formOf({ idHash }: Pick<DeviceRow, "idHash">): string {
  return `device:${Buffer.from(idHash).toString("base64url")}`;
}

function undefinedWhenGone(error: unknown): undefined {
  if (!isDomainError(error)) throw error;
}

function sessionOf({ sessionId }: Actor): string {
  if (sessionId === undefined) throw new DomainError("signed_out");
  return sessionId;
}
