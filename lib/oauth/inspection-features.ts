import type { Configuration } from "oidc-provider";

/** Who may revoke (RFC 7009) and introspect (RFC 7662) a token. */
export function inspectionFeatures(): Pick<NonNullable<Configuration["features"]>, "revocation"> {
  return {
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => Promise.resolve(token.clientId === client.clientId),
    },
  };
}
