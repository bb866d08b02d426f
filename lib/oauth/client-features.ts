import type { Configuration } from "oidc-provider";
import type { Env } from "#lib/env.ts";
import { newId } from "#lib/ids.ts";

/** How clients become known: they register themselves (RFC 7591), or publish a metadata document. */
export function clientFeatures(environment: Env): Pick<NonNullable<Configuration["features"]>, "registration"> {
  return { registration: { enabled: environment.registration === "open", idFactory: () => `psc_${newId()}` } };
}
