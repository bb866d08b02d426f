import type { Actor, Operator } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { inTransaction } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { hashToken, newToken } from "#lib/one-time-tokens/random-token.ts";
import { type ClientMetadata, codeClientMetadata } from "./client-metadata.ts";
import type { CreateClientInput } from "./schemas.ts";

export type CreatedClient = {
  id: string;
  name: string;
  redirectUris: readonly string[];
  isResourceServer: boolean;
  /** Shown now and never again: only its SHA-256 is stored. Undefined for a public client, which never has one (standards PRE-04). */
  secret: string | undefined;
};

/**
 * Adds a client; it works at once, in every process (standards PRE-01). The secret of a confidential client or a resource server is
 * 43 characters of base64url, since clients send it in Basic without the encoding of RFC 6749 section 2.3.1 (standards PRE-03).
 * One transaction: client, audit row `client.created`.
 * @throws DomainError `forbidden` (actor is no administrator), `conflict` (the id is taken).
 */
export async function createClient(
  actor: Actor | Operator,
  input: CreateClientInput,
  now = new Date(),
): Promise<CreatedClient> {
  if (!actor.isAdministrator) throw new DomainError("forbidden");
  const { name, redirectUris, isResourceServer } = input;
  const id = input.id ?? `client_${newId()}`;
  const secret = input.isConfidential || isResourceServer ? newToken() : undefined;
  const method = secret === undefined ? "none" : "client_secret_basic";
  const metadata = isResourceServer ? resourceServerMetadata(name) : codeClientMetadata({ name, redirectUris, method });
  await inTransaction(async (tx) => {
    const { count } = await tx.oAuthClient.createMany({
      data: {
        id,
        kind: "preregistered",
        metadata,
        secretHash: secret === undefined ? null : hashToken(secret),
        isResourceServer,
        createdAt: now,
      },
      skipDuplicates: true,
    });
    if (count === 0) {
      throw new DomainError("conflict", {
        message: `A client with the id ${id} exists. Choose another, or leave it out.`,
      });
    }
    await recordAudit(
      tx,
      actor,
      { action: "client.created", target: { type: "client", id, name }, details: { resourceServer: isResourceServer } },
      now,
    );
  });
  return { id, name, redirectUris, isResourceServer, secret };
}

/** Nothing to authorize with: it may only ask about tokens. */
function resourceServerMetadata(name: string): ClientMetadata {
  return {
    client_name: name,
    redirect_uris: [],
    grant_types: [],
    response_types: [],
    token_endpoint_auth_method: "client_secret_basic",
  };
}
