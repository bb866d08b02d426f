import type { JWK } from "jose";
import Provider, { type Configuration, errors, type KoaContextWithOIDC } from "oidc-provider";
import { db } from "#lib/db.ts";
import type { Env } from "#lib/env.ts";
import { newId } from "#lib/ids.ts";
import { SCOPES } from "#lib/scopes.ts";
import { derivePreviousSecret, deriveSecret } from "#lib/secret.ts";
import { singleton } from "#lib/singleton.ts";
import { adapterFor } from "./adapter.ts";
import { isSameSecret } from "./client-adapter.ts";
import { checkClientAssertion } from "./client-assertion.ts";
import { renderOAuthError } from "./consent/error-page.ts";
import { requestCookie } from "./consent/request-cookie.ts";
import { withholdRedirects } from "./consent/withheld-redirect.ts";
import { announceInterval, DEVICE_PATH, deviceFeatures } from "./device/device-features.ts";
import { fetchSettings } from "./documents/document-features.ts";
import { dpopFeatures, isFirstUseOfProof } from "./dpop-features.ts";
import { secureFormPost } from "./form-post-page.ts";
import { asUnauthorizedClient } from "./grant-type-errors.ts";
import { inspectionFeatures } from "./inspection-features.ts";
import { dropSessionCookie } from "./no-session-cookie.ts";
import { refuseUnreplaced } from "./refresh-grace.ts";
import { newRefreshToken } from "./refresh-token.ts";
import { clientFeatures } from "./registration/client-features.ts";
import { acceptClientMetadata } from "./registration/client-metadata.ts";
import { completeRegistration } from "./registration/registered-secret.ts";
import { canonicalResource, oneResource, scopeOfRequest } from "./resources.ts";
import { answerServerErrors } from "./server-errors.ts";
import { countFailures } from "./token-failures.ts";
import { tokenLifetimes } from "./token-lifetimes.ts";

const COOKIES = "oauth-cookies";
const ROUTES = {
  authorization: "/oauth/authorize",
  token: "/oauth/token",
  registration: "/oauth/register",
  revocation: "/oauth/revoke",
  introspection: "/oauth/introspect",
  pushed_authorization_request: "/oauth/par",
  device_authorization: "/oauth/device",
  code_verification: DEVICE_PATH,
  jwks: "/oauth/jwks",
  end_session: "/oauth/end",
} as const;

const holder = singleton<{ provider: Provider | undefined }>("oidc-provider", () => ({ provider: undefined }));

/** The provider with the keys of now. Never keep it: a change of keys makes another. */
export function currentProvider(): Provider {
  if (!holder.provider)
    throw new Error("The authorization server is not started in this process: SERVE must name oauth.");
  return holder.provider;
}

/**
 * Builds the provider anew with these private keys, of which the first signs and all are published, and swaps it in; requests in
 * flight end on the one before.
 */
export function renewProvider(environment: Env, jwks: JWK[]): void {
  const provider = new Provider(environment.publicUrl, configuration(environment, jwks));
  // The listener has put PUBLIC_URL's host and protocol into the forwarded headers (standards ASM-12).
  provider.proxy = true;
  // Grant ids are ids of ours: usage is counted by them.
  Object.assign(provider.Grant.prototype, { generateTokenId: newId });
  provider.Client.prototype.compareClientSecret = function compare(presented: string) {
    return Promise.resolve(isSameSecret(this.clientSecret ?? "", presented));
  };
  answerServerErrors(provider);
  announceInterval(provider);
  Object.assign(provider.RefreshToken.prototype, { generateTokenId: newRefreshToken });
  Object.assign(provider.ReplayDetection, { unique: isFirstUseOfProof });
  provider.use(asUnauthorizedClient);
  provider.use(refuseUnreplaced);
  provider.use(completeRegistration);
  provider.use(secureFormPost);
  provider.use(dropSessionCookie);
  withholdRedirects(provider, environment);
  countFailures(provider);
  holder.provider = provider;
}

function configuration(environment: Env, jwks: JWK[]): Configuration {
  const isHttps = environment.publicUrl.startsWith("https:");
  const cookies = { secure: isHttps, sameSite: "lax", httpOnly: true } as const;
  const prefix = isHttps ? "__Secure-" : "";
  return {
    adapter: (name: string) => adapterFor(name, environment),
    jwks: { keys: jwks },
    ...fetchSettings(),
    routes: ROUTES,
    scopes: ["openid", "offline_access", ...SCOPES],
    responseTypes: ["code"],
    pkce: { required: () => true },
    clientAuthMethods: ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"],
    clientDefaults: { id_token_signed_response_alg: "EdDSA", token_endpoint_auth_method: "client_secret_basic" },
    enabledJWA: {
      idTokenSigningAlgValues: ["EdDSA"],
      clientAuthSigningAlgValues: ["EdDSA", "Ed25519", "ES256", "RS256", "PS256"],
    },
    assertJwtClientAuthClaimsAndHeader: checkClientAssertion,
    // No cookie is involved at these endpoints, so any page may call them (standards TOK-07).
    clientBasedCORS: () => true,
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => Promise.resolve(client.grantTypeAllowed("refresh_token")),
    rotateRefreshToken: true,
    // A grant is one consent: with any of its tokens revoked, or used twice, it ends as a whole.
    revokeGrantPolicy: () => true,
    loadExistingGrant,
    findAccount: async (ctx, sub) => {
      // A grant that was read in this request is of an enabled user.
      if (ctx.oidc.entities.Grant?.accountId === sub) return { accountId: sub, claims: () => ({ sub }) };
      const user = await db().user.findFirst({ where: { id: sub, disabledAt: null }, select: { id: true } });
      return user ? { accountId: user.id, claims: () => ({ sub: user.id }) } : undefined;
    },
    extraTokenClaims: (_ctx, token) => ("grantId" in token ? { grant_id: token.grantId } : undefined),
    extraClientMetadata: {
      // One made-up property: the validator then runs for every client, before the checks of redirect URIs.
      properties: ["pensyve_checked"],
      validator: (_ctx, _key, _value, metadata) =>
        acceptClientMetadata(metadata as unknown as Record<string, unknown>, environment),
    },
    // RFC 9728 section 4; the standard members cannot be changed this way.
    discovery: { protected_resources: [`${environment.mcpUrl}/mcp`] },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      ...clientFeatures(environment),
      ...deviceFeatures(environment),
      ...inspectionFeatures(),
      pushedAuthorizationRequests: { enabled: true },
      ...dpopFeatures(environment),
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, several) =>
          several ? oneResource(several, environment) : environment.audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource) => resourceServer(environment, ctx, resource),
      },
    },
    ttl: tokenLifetimes(environment),
    interactions: { url: (_ctx, interaction) => `/consent/${interaction.uid}` },
    renderError: renderOAuthError,
    cookies: {
      // The first signs; a browser that is on its way while SECRET changes arrives.
      keys: [deriveSecret(COOKIES, environment), derivePreviousSecret(COOKIES, environment)].filter(
        (key) => key !== undefined,
      ),
      long: cookies,
      short: cookies,
      names: {
        session: `${prefix}pensyve-oauth`,
        interaction: requestCookie(environment.publicUrl).name,
        resume: `${prefix}pensyve-resume`,
      },
    },
  };
}

/** Only the grant of this interaction's consent: every authorization makes its own, and none passes without a page (standards CIM-15). */
async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const grantId = ctx.oidc.result?.consent?.grantId;
  return grantId ? await ctx.oidc.provider.Grant.find(grantId) : undefined;
}

function resourceServer(environment: Env, ctx: KoaContextWithOIDC, resource: string) {
  if (canonicalResource(resource, environment) === undefined) throw new errors.InvalidTarget();
  const { params, route } = ctx.oidc;
  if (params && ["authorization", "pushed_authorization_request", "device_authorization"].includes(route)) {
    const asked = typeof params["scope"] === "string" ? params["scope"] : "";
    const others = asked.split(" ").filter((name) => name === "openid" || name === "offline_access");
    params["scope"] = [...others, scopeOfRequest(asked, environment)].join(" ");
  }
  return {
    scope: SCOPES.join(" "),
    audience: environment.audience,
    accessTokenFormat: "jwt" as const,
    accessTokenTTL: environment.accessTokenSeconds,
    jwt: { sign: { alg: "EdDSA" as const } },
  };
}
