import type { Configuration, KoaContextWithOIDC } from "oidc-provider";
import type { Env } from "#lib/env.ts";
import { requestAddress } from "#lib/server/client-address.ts";
import { singleton } from "#lib/singleton.ts";
import { type ClientDocuments, makeClientDocuments } from "./client-documents.ts";
import { type DocumentPolicy, makeDocumentPolicy } from "./document-policy.ts";
import { fetchPublicly } from "./fetch-publicly.ts";
import { freshRequest } from "./fresh-only.ts";
import { makeKeySets } from "./key-sets.ts";
import type { Fetch } from "./read-document.ts";

const KEY_SET_BYTES_MAX = 64 * 1024;

type Holder = {
  documents: ClientDocuments;
  keySets: Fetch;
  policy: (hosts: Env["clientDocuments"]) => DocumentPolicy;
};
/** One for the process: every change of signing keys makes another provider, and another one in Next's bundle would not do either. */
const holder = singleton<Holder>("client-documents", () => holderFor(fetchPublicly));

/** Sets what reaches the network, and forgets what was fetched; start-authorization-server.ts does so. */
export function setDocumentFetch(fetchDocument: Fetch): void {
  Object.assign(holder, holderFor(fetchDocument));
}

/** Client ID Metadata Documents (draft-ietf-oauth-client-id-metadata-document), as the operator allows them. */
export function documentFeatures(environment: Env): Record<string, unknown> {
  const hosts = environment.clientDocuments;
  if (hosts !== "all" && hosts.length === 0) return {};
  return {
    clientIdMetadataDocument: {
      enabled: true,
      ack: "draft-02",
      // Documents are kept in one place, which outlives the provider.
      cacheDuration: { min: 0, max: 0 },
      async allowFetch(ctx: KoaContextWithOIDC | undefined, clientId: string) {
        const policy = holder.policy(hosts);
        if (!policy.isAllowed(clientId)) return false;
        if (ctx && !holder.documents.isAtHand(clientId, freshRequest())) {
          await policy.countFetch(clientId, requestAddress(ctx.req));
        }
        return true;
      },
      async allowClient(_ctx: unknown, client: { clientId: string }) {
        await holder.documents.keep(client.clientId);
        return true;
      },
    },
  };
}

/** How the library reaches what clients name: their documents and their key sets. Nothing but the public internet, with bounds. */
export function fetchSettings(): Pick<Configuration, "fetch"> & Record<string, unknown> {
  return {
    fetch: async (input, options = {}) => {
      const url = input instanceof Request ? input.url : String(input);
      if (options.method !== "GET") throw new Error("Nothing but documents and key sets of clients is fetched");
      // Of the library's requests only those for documents say so; with this configuration the others are for key sets.
      const isDocument = options.redirect === "manual";
      return isDocument
        ? await holder.documents.fetch(url, options, freshRequest())
        : await holder.keySets(url, options);
    },
    // Subjects are the same for all clients: what groups them is never fetched.
    sectorIdentifierUriValidate: () => false,
    fetchResponseBodyLimits: {
      "client_id metadata document": 5 * 1024,
      jwks_uri: KEY_SET_BYTES_MAX,
      sector_identifier_uri: 0,
    },
  };
}

function holderFor(fetchDocument: Fetch): Holder {
  return {
    documents: makeClientDocuments(fetchDocument),
    keySets: makeKeySets(fetchDocument, KEY_SET_BYTES_MAX),
    policy: makeDocumentPolicy(),
  };
}
