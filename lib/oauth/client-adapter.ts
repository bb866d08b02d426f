import type { Adapter } from "oidc-provider";
import { db } from "#lib/db.ts";
import type { Prisma } from "#lib/generated/prisma/client.ts";
import { deleteRegistration } from "./registration/delete-registration.ts";
import { isSharedClientId } from "./registration/registration-request.ts";
import { secretHash } from "./secret-hash.ts";
import { takeRow } from "./token-request-rows.ts";
import { findClientRow } from "./token-statements.ts";

/** A stored secret is only its hash; the library gets it as text of this form and compares through {@link isSameSecret}. */
const STORED = "sha256:";

/** Clients that this server keeps. Those whose id is the address of a document never come here. */
export function clientAdapter(): Adapter {
  return {
    async find(id) {
      const read = takeRow("client", id);
      const row = read ? read.row : await findClientRow(id);
      if (!row) return undefined;
      const secret = row.secretHash ? { client_secret: storedSecret(row.secretHash) } : {};
      return { ...row.metadata, ...secret, client_id: row.id };
    },
    async upsert(id, payload) {
      const { client_secret: secret, ...metadata } = payload;
      const facts = {
        metadata: metadata as Prisma.InputJsonObject,
        secretHash: typeof secret === "string" ? hashOf(secret) : null,
      };
      // A shared client is as it is: who registers it again only puts off the sweep (standards REG-08).
      const update = isSharedClientId(id) ? { createdAt: new Date() } : facts;
      await db().oAuthClient.upsert({ where: { id }, create: { id, kind: "registered", ...facts }, update });
    },
    destroy: (id) => deleteRegistration(id),
    findByUid: () => Promise.resolve(undefined),
    findByUserCode: () => Promise.resolve(undefined),
    consume: () => Promise.resolve(),
    revokeByGrantId: () => Promise.resolve(),
  };
}

/** A client's secret as the library knows it. No client can send it: it is no secret of the form that this server makes. */
export function storedSecret(hash: Uint8Array): string {
  return STORED + Buffer.from(hash).toString("hex");
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

/** An update hands back what it was given. */
function hashOf(secret: string): Uint8Array<ArrayBuffer> {
  return secret.startsWith(STORED)
    ? new Uint8Array(Buffer.from(secret.slice(STORED.length), "hex"))
    : secretHash(secret);
}
