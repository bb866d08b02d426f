import { z } from "zod";
import { db, type Tx } from "#lib/db.ts";
import { secretHash } from "../secret-hash.ts";

/** oidc-provider's record of a device code, as the page needs it. */
export type DeviceRow = {
  idHash: Uint8Array<ArrayBuffer>;
  userCode: string;
  clientId: string;
  /** Space-separated, as the request came to mean. */
  scope: string;
  resources: readonly string[];
  address: string | null;
  askedAt: Date;
  expiresAt: Date;
  answer: "none" | "denied" | { allowedBy: string };
};

/** The library's fields, and no others: it wrote them, but what is stored is read as what comes from outside. */
const payloadSchema = z.object({
  userCode: z.string(),
  clientId: z.string(),
  iat: z.number(),
  accountId: z.string().optional(),
  error: z.string().optional(),
  deviceInfo: z.object({ address: z.string() }).optional(),
  params: z.object({ scope: z.string(), resource: z.union([z.string(), z.array(z.string())]) }),
});
/** Longer than any spelling of a code. */
const TYPED_MAX = 64;
const LETTERS = 8;

/** A code as it is stored: capital letters alone, whatever was typed between them. */
export function plainCode(typed: string): string {
  return typed
    .slice(0, TYPED_MAX)
    .toUpperCase()
    .replace(/[^A-Z]/g, "");
}

/** Whether what was typed can be a code. */
export function isWholeCode(typed: string): boolean {
  return plainCode(typed).length === LETTERS;
}

/** A code as devices show it. */
export function groupedCode(plain: string): string {
  return `${plain.slice(0, LETTERS / 2)}-${plain.slice(LETTERS / 2)}`;
}

/** The device that shows this code, in any spelling, while its request is alive; undefined, too, if by chance two show it. */
export async function findDeviceCode(typed: string, now: Date): Promise<DeviceRow | undefined> {
  const userCode = plainCode(typed);
  if (userCode.length !== LETTERS) return undefined;
  const [row, ...others] = await db().oAuthArtifact.findMany({
    where: { model: "DeviceCode", userCode: secretHash(userCode), expiresAt: { gt: now } },
    select: { idHash: true, payload: true, expiresAt: true },
    take: 2,
  });
  if (!row || others.length > 0) return undefined;
  const { clientId, iat, accountId, error, deviceInfo, params } = payloadSchema.parse(row.payload);
  return {
    idHash: row.idHash,
    userCode,
    clientId,
    scope: params.scope,
    resources: [params.resource].flat(),
    address: deviceInfo?.address ?? null,
    askedAt: new Date(iat * 1000),
    expiresAt: row.expiresAt,
    answer: answerOf(accountId, error),
  };
}

/**
 * Writes the one answer of a device code. The record stays as it is beside it, so that the library reads it as its own.
 * @returns false when it has ended, or has an answer.
 */
export async function settleDeviceCode(
  client: Pick<Tx, "$executeRaw">,
  { idHash }: Pick<DeviceRow, "idHash">,
  answer: Readonly<Record<string, unknown>> & { grantId?: string },
): Promise<boolean> {
  const count = await client.$executeRaw`
    UPDATE oauth_artifacts SET payload = payload || ${JSON.stringify(answer)}::jsonb, grant_id = ${answer.grantId ?? null}::uuid
    WHERE model = 'DeviceCode' AND id_hash = ${idHash} AND consumed_at IS NULL AND expires_at > clock_timestamp()
      AND NOT payload ?| ARRAY['accountId', 'error']`;
  return count > 0;
}

function answerOf(accountId: string | undefined, error: string | undefined): DeviceRow["answer"] {
  if (error !== undefined) return "denied";
  return accountId === undefined ? "none" : { allowedBy: accountId };
}
