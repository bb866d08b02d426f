import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider, { type JWK } from "oidc-provider";
import { REDIRECT_URI, SCOPE, withCodes } from "./oauth-codes.ts";

/** oidc-provider as its documentation sets it up, configured for the same tokens, with its own adapter in memory: nothing is kept. */
const port = Number(process.env["PORT"]);
const issuer = `http://localhost:${port}`;
const resource = `${issuer}/mcp`;
const clientId = "bench";
const { privateKey } = generateKeyPairSync("ed25519");
const key = { ...privateKey.export({ format: "jwk" }), kid: "bench", use: "sig", alg: "EdDSA" } as JWK;
const provider = new Provider(issuer, {
  jwks: { keys: [key] },
  clients: [
    {
      client_id: clientId,
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
    },
  ],
  routes: { token: "/oauth/token" },
  scopes: ["openid", "offline_access", ...SCOPE.split(" ")],
  responseTypes: ["code"],
  pkce: { required: () => true },
  clientDefaults: { id_token_signed_response_alg: "EdDSA" },
  enabledJWA: { idTokenSigningAlgValues: ["EdDSA"] },
  expiresWithSession: () => false,
  issueRefreshToken: () => Promise.resolve(true),
  rotateRefreshToken: true,
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  extraTokenClaims: (_ctx, token) => ("grantId" in token ? { grant_id: token.grantId } : undefined),
  cookies: { keys: ["bench"] },
  ttl: { AccessToken: 3_600, AuthorizationCode: 60, Grant: 7_776_000, RefreshToken: 2_592_000 },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: SCOPE,
        audience: resource,
        accessTokenFormat: "jwt",
        accessTokenTTL: 3_600,
        jwt: { sign: { alg: "EdDSA" } },
      }),
    },
  },
});
const listener = withCodes(provider.callback(), {
  provider: () => provider,
  clientId,
  accountIds: Array.from({ length: 50 }, (_, index) => `user-${index}`),
  resource,
  reserveGrant: () => Promise.resolve(undefined),
});
createServer(listener).listen(port, "127.0.0.1");
