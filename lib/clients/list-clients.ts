import { db } from "#lib/db.ts";

/** A client that this server keeps, as the operator sees it. Never its secret, of which only a hash exists. */
export type ClientView = {
  id: string;
  name: string;
  /** `preregistered`: added by the operator or part of this server. `registered`: it registered itself (RFC 7591). */
  kind: string;
  redirectUris: string[];
  isConfidential: boolean;
  isResourceServer: boolean;
  createdAt: Date;
  lastGrantedAt: Date | null;
  /** How many of people's grants to it are alive, of those that it came for. */
  grants: number;
};

/** Every client that this server keeps, those of the operator first, then by age. Clients with a metadata document are not kept. */
export async function listClients(now = new Date()): Promise<ClientView[]> {
  const rows = await db().oAuthClient.findMany({ orderBy: [{ kind: "asc" }, { createdAt: "asc" }, { id: "asc" }] });
  const alive = await db().oAuthGrant.groupBy({
    by: ["clientId"],
    where: { redeemedAt: { not: null }, revokedAt: null, expiresAt: { gt: now } },
    _count: true,
  });
  const grants = new Map(alive.map(({ clientId, _count }) => [clientId, _count]));
  return rows.map(({ id, kind, metadata, secretHash, isResourceServer, createdAt, lastGrantedAt }) => ({
    id,
    name: textOf(metadata, "client_name") ?? id,
    kind,
    redirectUris: listOf(metadata, "redirect_uris"),
    isConfidential: secretHash !== null,
    isResourceServer,
    createdAt,
    lastGrantedAt,
    grants: grants.get(id) ?? 0,
  }));
}

function textOf(metadata: unknown, name: string): string | undefined {
  const value = Reflect.get(Object(metadata), name);
  return typeof value === "string" ? value : undefined;
}

function listOf(metadata: unknown, name: string): string[] {
  const value = Reflect.get(Object(metadata), name);
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}
