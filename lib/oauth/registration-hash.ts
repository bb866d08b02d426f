import { secretHash } from "./secret-hash.ts";

/** What makes two registrations of a public client the same: redirect URIs, in any order, name, and grant types. */
export function registrationHash(metadata: Readonly<Record<string, unknown>>): Uint8Array<ArrayBuffer> {
  const list = (value: unknown) => (Array.isArray(value) ? value.map(String).toSorted() : []);
  const parts = [
    list(metadata["redirect_uris"]),
    metadata["client_name"] ?? null,
    list(metadata["grant_types"]),
    metadata["application_type"] ?? null,
  ];
  return secretHash(JSON.stringify(parts));
}
