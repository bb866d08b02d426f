import type { Configuration, KoaContextWithOIDC } from "oidc-provider";
import type { Env } from "#lib/env.ts";
import { newToken } from "#lib/one-time-tokens/random-token.ts";
import { documentFeatures } from "../documents/document-features.ts";
import { type RegistrationRequest, registeredClientId } from "./registration-request.ts";

type ClientFeatures = Pick<NonNullable<Configuration["features"]>, "registration" | "registrationManagement">;

/** How clients become known: they register themselves (RFC 7591), or publish a metadata document. */
export function clientFeatures(environment: Env): ClientFeatures {
  const enabled = environment.registration !== "off";
  return {
    registration: {
      enabled,
      ...(environment.registrationToken ? { initialAccessToken: environment.registrationToken } : {}),
      idFactory: (ctx: KoaContextWithOIDC) => registeredClientId(requestOf(ctx)),
      // Base64url: clients send it in Basic without the encoding of RFC 6749 section 2.3.1 (standards PRE-03).
      secretFactory: newToken,
      // Identical public registrations are one client, which no single installation may change or delete.
      issueRegistrationAccessToken: (ctx: KoaContextWithOIDC) => requestOf(ctx).token_endpoint_auth_method !== "none",
    },
    ...documentFeatures(environment),
    registrationManagement: { enabled, rotateRegistrationAccessToken: true },
  };
}

function requestOf(ctx: KoaContextWithOIDC): RegistrationRequest {
  return (ctx.oidc.body ?? {}) as RegistrationRequest;
}
