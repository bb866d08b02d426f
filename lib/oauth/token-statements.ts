import type { AdapterPayload } from "oidc-provider";
import { statement } from "#lib/db.ts";

/** What every exchange of a code and every refresh asks of the database, each one statement on an index. */

export type ClientRow = { id: string; metadata: AdapterPayload; secretHash: Buffer | null };
export type ArtifactRow = { payload: AdapterPayload; expiresAt: Date; consumedAt: Date | null };
/** `isSpent`: it was used, and its grace is over. */
export type RefreshTokenRow = ArtifactRow & { grantId: string | null; isSpent: boolean };
export type NewArtifact = {
  model: string;
  idHash: Uint8Array;
  payload: AdapterPayload;
  grantId: string | null;
  userCode: Uint8Array | null;
  expiresAt: Date;
};

export async function findClientRow(id: string): Promise<ClientRow | undefined> {
  // No text of PostgreSQL has it; to ask for one that does is an error there.
  if (id.includes("\0")) return undefined;
  const text = `SELECT id, metadata, secret_hash AS "secretHash" FROM oauth_clients WHERE id = $1`;
  return (await statement<ClientRow>(text, [id])).rows[0];
}

export async function findArtifact(model: string, idHash: Uint8Array): Promise<ArtifactRow | null> {
  const text = `
    SELECT payload, expires_at AS "expiresAt", consumed_at AS "consumedAt"
    FROM oauth_artifacts WHERE model = $1 AND id_hash = $2`;
  return (await statement<ArtifactRow>(text, [model, idHash])).rows[0] ?? null;
}

/** The library's record of a grant that is alive, of an enabled user. */
export async function findAliveGrant(id: string, now: Date): Promise<AdapterPayload | undefined> {
  const text = `
    SELECT payload FROM oauth_grants JOIN users ON users.id = user_id
    WHERE oauth_grants.id = $1 AND revoked_at IS NULL AND oauth_grants.expires_at > $2 AND disabled_at IS NULL`;
  return (await statement<{ payload: AdapterPayload }>(text, [id, now])).rows[0]?.payload;
}

/** What a token request names: its client, its code or refresh token, and the grant of that, while it is alive. */
export type TokenRequestRows = {
  client: ClientRow | undefined;
  token: RefreshTokenRow | undefined;
  grant: AdapterPayload | undefined;
};

/** {@link findClientRow}, {@link findArtifact} or its like with a grace, and {@link findAliveGrant}, at once. */
export async function findTokenRequestRows(
  clientId: string,
  model: string,
  idHash: Uint8Array,
  graceSeconds: number,
  now: Date,
): Promise<TokenRequestRows> {
  const text = `
    SELECT client.id, client.metadata, client.secret_hash AS "secretHash",
      token.payload, token.grant_id AS "grantId", token.expires_at AS "expiresAt", token.consumed_at AS "consumedAt",
      coalesce(token.consumed_at <= clock_timestamp() - make_interval(secs => $4), false) AS "isSpent",
      CASE WHEN users.id IS NOT NULL THEN alive.payload END AS "grant"
    FROM (SELECT 1) AS request
    LEFT JOIN oauth_clients AS client ON client.id = $1
    LEFT JOIN oauth_artifacts AS token ON token.model = $2 AND token.id_hash = $3
    LEFT JOIN oauth_grants AS alive ON alive.id = token.grant_id AND alive.revoked_at IS NULL AND alive.expires_at > $5
    LEFT JOIN users ON users.id = alive.user_id AND users.disabled_at IS NULL`;
  type Row = Omit<ClientRow, "id"> & RefreshTokenRow & { id: string | null; grant: AdapterPayload | null };
  const { rows } = await statement<Row>(text, [
    clientId.includes("\0") ? "" : clientId,
    model,
    idHash,
    graceSeconds,
    now,
  ]);
  const [row] = rows;
  return {
    client: row?.id ? { id: row.id, metadata: row.metadata, secretHash: row.secretHash } : undefined,
    token: row?.payload ? row : undefined,
    grant: row?.grant ?? undefined,
  };
}

/** Stores a record, in place of one with the same id; of a grant, only while it is alive. */
export async function storeArtifact(artifact: NewArtifact): Promise<void> {
  const text = `
    INSERT INTO oauth_artifacts (model, id_hash, payload, grant_id, user_code_hash, expires_at)
    SELECT $1, $2::bytea, $3::jsonb, $4::uuid, $5::bytea, $6::timestamptz
    WHERE $4::uuid IS NULL OR EXISTS (SELECT 1 FROM oauth_grants WHERE id = $4::uuid AND revoked_at IS NULL)
    ON CONFLICT (model, id_hash) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
      user_code_hash = excluded.user_code_hash, expires_at = excluded.expires_at`;
  const { model, idHash, payload, grantId, userCode, expiresAt } = artifact;
  await statement(text, [model, idHash, JSON.stringify(payload), grantId, userCode, expiresAt]);
}

/**
 * Uses a refresh token and stores the one that replaces it, both or neither: one UPDATE decides. The first use is kept, and each use
 * within the grace counts a child, up to `childrenMax` (standards REF-02). PostgreSQL's clock counts: several processes share the
 * token, and no two have the same. @returns whether it could be used.
 */
export async function replaceRefreshToken(
  usedHash: Uint8Array,
  artifact: NewArtifact,
  childrenMax: number,
  graceSeconds: number,
): Promise<boolean> {
  const text = `
    WITH used AS (
      UPDATE oauth_artifacts SET consumed_at = coalesce(consumed_at, clock_timestamp()), children = children + 1
      WHERE model = 'RefreshToken' AND id_hash = $6 AND children < $7
        AND (consumed_at IS NULL OR consumed_at > clock_timestamp() - make_interval(secs => $8))
      RETURNING 1
    ), stored AS (
      INSERT INTO oauth_artifacts (model, id_hash, payload, grant_id, expires_at)
      SELECT $1, $2::bytea, $3::jsonb, $4::uuid, $5::timestamptz FROM used
      WHERE EXISTS (SELECT 1 FROM oauth_grants WHERE id = $4::uuid AND revoked_at IS NULL)
    )
    SELECT 1 FROM used`;
  const { model, idHash, payload, grantId, expiresAt } = artifact;
  const stored = [model, idHash, JSON.stringify(payload), grantId, expiresAt];
  return (await statement(text, [...stored, usedHash, childrenMax, graceSeconds])).count > 0;
}

/** Marks a record as used, and the grant that it is of as redeemed. @returns whether nobody else had. */
export async function consumeArtifact(model: string, idHash: Uint8Array, now: Date): Promise<boolean> {
  const text = `
    WITH used AS (
      UPDATE oauth_artifacts SET consumed_at = $3::timestamptz
      WHERE model = $1 AND id_hash = $2 AND consumed_at IS NULL
      RETURNING grant_id
    ), redeemed AS (
      UPDATE oauth_grants SET redeemed_at = $3::timestamptz FROM used WHERE id = used.grant_id AND redeemed_at IS NULL
    )
    SELECT 1 FROM used`;
  return (await statement(text, [model, idHash, now])).count > 0;
}
