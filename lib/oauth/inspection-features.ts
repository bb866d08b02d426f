import { type AccessToken, type ClientCredentials, type Configuration, errors, type RefreshToken } from "oidc-provider";
import { db } from "#lib/db.ts";

type Features = {
  revocation: NonNullable<NonNullable<Configuration["features"]>["revocation"]>;
  introspection: NonNullable<NonNullable<Configuration["features"]>["introspection"]> & { enabled: true };
};
type Token = AccessToken | ClientCredentials | RefreshToken;

/** Who may revoke (RFC 7009) and introspect (RFC 7662) a token. */
export function inspectionFeatures(): Features {
  return {
    revocation: {
      enabled: true,
      // A public client cannot prove who it is, so it learns nothing of other clients' tokens (standards REV-04).
      allowedPolicy: async (_ctx, client, token) => {
        if (token.clientId === client.clientId) return true;
        if (client.clientAuthMethod === "none") return false;
        throw new errors.InvalidRequest("the token was issued to another client");
      },
    },
    introspection: {
      enabled: true,
      allowedPolicy: async (_ctx, client, token) =>
        token.kind === "AccessToken" && (await isResourceServer(client.clientId)) && withoutClientLookUp(token),
    },
  };
}

/** Every token has our one audience, so a resource server of ours may see each of them; refresh tokens are none of its business. */
async function isResourceServer(clientId: string): Promise<boolean> {
  const row = await db().oAuthClient.findUnique({ where: { id: clientId }, select: { isResourceServer: true } });
  return row?.isResourceServer ?? false;
}

/**
 * What comes after the policy would look up the client of the token for its kind of subject, of which we have one, and fetch its
 * metadata document for that: an answer would depend on a host elsewhere. The owner is given among the extra members instead.
 */
function withoutClientLookUp(token: Token): true {
  if (token.kind !== "AccessToken" || !("accountId" in token)) return true;
  Object.assign(token, { extra: { sub: token.accountId }, accountId: undefined });
  return true;
}
