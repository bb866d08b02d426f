import type { Configuration } from "oidc-provider";
import type { Env } from "#lib/env.ts";

/** ASVS 10.4.2: codes live for a minute at most. */
const CODE_SECONDS = 60;
/** Somebody finds the page, signs in, and types (standards DEV-03). */
const DEVICE_CODE_SECONDS = 600;
/** Somebody signs up, reads the mail, and comes back (standards AUT-24). */
const INTERACTION_SECONDS = 3_600;
/** As good as for ever: what manages a registration (RFC 7592) lives as long as its client. */
const REGISTRATION_SECONDS = 10 * 365 * 86_400;
/** A connection ends after three inactivity limits, used or not: 90 days by default. */
const ABSOLUTE_FACTOR = 3;

type Lifetimes = Pick<Env, "accessTokenSeconds" | "refreshTokenSeconds">;

/** How long everything that the authorization server makes is good for, in seconds. */
export function tokenLifetimes(environment: Lifetimes): NonNullable<Configuration["ttl"]> {
  return {
    AccessToken: environment.accessTokenSeconds,
    AuthorizationCode: CODE_SECONDS,
    DeviceCode: DEVICE_CODE_SECONDS,
    // From the consent on; the first refresh token is made a little later, and none may outlive its grant.
    Grant: environment.refreshTokenSeconds * ABSOLUTE_FACTOR + INTERACTION_SECONDS,
    IdToken: environment.accessTokenSeconds,
    Interaction: INTERACTION_SECONDS,
    // With its client; the sweep of unused clients takes both.
    RegistrationAccessToken: REGISTRATION_SECONDS,
    RefreshToken: (_ctx, token) => refreshTokenSeconds(token.iiat, environment, Date.now()),
    Session: INTERACTION_SECONDS,
  };
}

/**
 * How long a refresh token made now is good for: the inactivity limit, but not past the absolute limit of its family, whose first
 * token was made at `familyStartedAt` (seconds since the epoch). At least a second: the library knows no less (standards REF-07).
 */
export function refreshTokenSeconds(
  familyStartedAt: number | undefined,
  { refreshTokenSeconds: inactivity }: Pick<Env, "refreshTokenSeconds">,
  nowMs: number,
): number {
  const now = Math.floor(nowMs / 1_000);
  const left = (familyStartedAt ?? now) + inactivity * ABSOLUTE_FACTOR - now;
  return Math.max(1, Math.min(inactivity, left));
}
