import type { Adapter, AdapterPayload } from "oidc-provider";
import { db } from "#lib/db.ts";
import type { Prisma } from "#lib/generated/prisma/client.ts";
import { registrationHash } from "./registration-hash.ts";
import { secretHash } from "./secret-hash.ts";

/** A stored secret is only its hash; the library gets it as text of this form and compares through {@link isSameSecret}. */
const STORED = "sha256:";

/**
 * Clients that this server keeps. Those whose id is the address of a document never come here.
 * An identical registration of a public client finds the client that the first one made (standards REG-08).
 */
export function clientAdapter(): Adapter {
  return {
    async find(id) {
      const row = await db().oAuthClient.findUnique({ where: { id } });
      if (!row) return undefined;
      const secret = row.secretHash ? { client_secret: STORED + Buffer.from(row.secretHash).toString("hex") } : {};
      return { ...(row.metadata as AdapterPayload), ...secret, client_id: row.id };
    },
    async upsert(id, payload) {
      const { client_secret: secret, ...metadata } = payload;
      const stored = metadata as Prisma.InputJsonObject;
      const isPublic = payload["token_endpoint_auth_method"] === "none";
      await db().oAuthClient.create({
        data: {
          id,
          kind: "registered",
          metadata: stored,
          secretHash: typeof secret === "string" ? secretHash(secret) : null,
          registrationHash: isPublic ? registrationHash(metadata) : null,
        },
      });
    },
    async destroy(id) {
      await db().oAuthClient.deleteMany({ where: { id, kind: "registered" } });
    },
    findByUid: () => Promise.resolve(undefined),
    findByUserCode: () => Promise.resolve(undefined),
    consume: () => Promise.resolve(),
    revokeByGrantId: () => Promise.resolve(),
  };
}

/** Whether a presented client secret is the stored one. An equal hash by chance is out of reach, so plain comparison would do; it is constant in time all the same. */
export function isSameSecret(stored: string, presented: string): boolean {
  const digest = Buffer.from(secretHash(presented)).toString("hex");
  let difference = stored.length === STORED.length + digest.length ? 0 : 1;
  for (let index = 0; index < digest.length; index += 1) {
    difference |= digest.charCodeAt(index) ^ stored.charCodeAt(STORED.length + index);
  }
  return difference === 0;
}
