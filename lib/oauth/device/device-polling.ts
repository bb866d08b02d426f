import type { ParsedUrlQuery } from "node:querystring";
import { db } from "#lib/db.ts";
import { secretHash } from "../secret-hash.ts";

/** How long devices wait between two questions: the `interval` of RFC 8628 section 3.2. */
export const POLL_SECONDS = 5;
/** A question that was sent in time may arrive early, when the one before it was held up on the way. */
const EARLY_MS = 1_000;
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";

/** The device code that a token request polls with; undefined for every other request. */
export function polledDeviceCode(form: ParsedUrlQuery): string | undefined {
  const { grant_type: grantType, device_code: deviceCode } = form;
  return grantType === GRANT_TYPE && typeof deviceCode === "string" ? deviceCode : undefined;
}

/**
 * Whether a device asks sooner than {@link POLL_SECONDS} after its last question that counted (RFC 8628 section 3.5, `slow_down`).
 * One that does not is noted, in the row of the code, so that any number of processes count together. A code that has its answer, or
 * is not known, is never too early: the token endpoint says what it is.
 * @throws what the database throws.
 */
export async function isPolledTooFast(deviceCode: string): Promise<boolean> {
  const hash = secretHash(deviceCode);
  const waitMs = POLL_SECONDS * 1_000 - EARLY_MS;
  // PostgreSQL's clock: several processes count together, and no two have the same.
  const [row] = await db().$queryRaw<{ isWaiting: boolean; isCounted: boolean }[]>`
    WITH waiting AS (
      SELECT id_hash FROM oauth_artifacts
      WHERE model = 'DeviceCode' AND id_hash = ${hash} AND expires_at > now() AND consumed_at IS NULL
        AND NOT payload ?| ARRAY['accountId', 'error']
    ), counted AS (
      UPDATE oauth_artifacts SET payload =
        payload || jsonb_build_object('polledAt', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
      WHERE model = 'DeviceCode' AND id_hash IN (SELECT id_hash FROM waiting)
        AND coalesce((payload ->> 'polledAt')::bigint, 0) <= extract(epoch FROM clock_timestamp()) * 1000 - ${waitMs}::int
      RETURNING 1
    )
    SELECT EXISTS (SELECT 1 FROM waiting) AS "isWaiting", EXISTS (SELECT 1 FROM counted) AS "isCounted"`;
  return row?.isWaiting === true && !row.isCounted;
}
