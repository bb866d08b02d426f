import { errors } from "oidc-provider";
import { db } from "#lib/db.ts";
import type { Env } from "#lib/env.ts";
import { makeAddressLimit } from "../address-limit.ts";
import { shippedDocument } from "./shipped-copies.ts";

/** For each client address: documents that are known but not at hand, which in the long run are those that fail. */
const KNOWN_DOCUMENTS = { burst: 60, perMinute: 60 };
/** Documents that were never fetched before, for each client address; and hosts that were never asked, for each and for all. */
const NEW_DOCUMENTS = { burst: 60, perMinute: 60 };
const NEW_HOSTS = { burst: 10, perMinute: 10 };
const NEW_HOSTS_OF_ALL = { burst: 120, perMinute: 60 };

export type DocumentPolicy = {
  /** Whether the operator, and the shape of the id, let the document be fetched. */
  isAllowed(clientId: string): boolean;
  /**
   * Counts a document that is not at hand: whoever asks must not make this server a scanner, or a weapon, by naming ever new hosts, or
   * one whose documents fail (standards CIM-16).
   * @throws TemporarilyUnavailable, as 429, when it was too much.
   */
  countFetch(clientId: string, address: string): Promise<void>;
};

export function makeDocumentPolicy(): (hosts: Env["clientDocuments"]) => DocumentPolicy {
  const knownDocuments = makeAddressLimit(KNOWN_DOCUMENTS);
  const newDocuments = makeAddressLimit(NEW_DOCUMENTS);
  const newHosts = makeAddressLimit(NEW_HOSTS);
  const newHostsOfAll = makeAddressLimit(NEW_HOSTS_OF_ALL);
  return (hosts) => ({
    isAllowed(clientId) {
      const url = new URL(clientId);
      // The library takes an id without a path, which the draft does not allow (section 3).
      if (url.pathname === "/") return false;
      // It takes HTTPS:// too. Ids are compared as texts, and everything here that asks whether one names a document knows one spelling.
      if (!clientId.startsWith("https://")) return false;
      return hosts === "all" || hosts.includes(url.hostname);
    },
    async countFetch(clientId, address) {
      if (shippedDocument(clientId)) return;
      const known = await whatIsKnown(clientId);
      const now = Date.now();
      let wait: number;
      if (known.isDocument) wait = knownDocuments.take(address, now);
      else if (known.isHost) wait = newDocuments.take(address, now);
      // What is refused to an address takes nothing from all others.
      else wait = newHosts.take(address, now) || newHostsOfAll.take("all", now);
      if (wait === 0) return;
      throw Object.assign(
        new errors.TemporarilyUnavailable("too many unknown or failing clients: try again in a minute"),
        {
          status: 429,
          statusCode: 429,
        },
      );
    },
  });
}

async function whatIsKnown(clientId: string): Promise<{ isDocument: boolean; isHost: boolean }> {
  const isDocument = (await db().clientDocument.count({ where: { clientId } })) > 0;
  if (isDocument) return { isDocument, isHost: true };
  const { origin } = new URL(clientId);
  const one = await db().clientDocument.findFirst({
    where: { clientId: { startsWith: `${origin}/` } },
    select: { clientId: true },
  });
  return { isDocument, isHost: one !== null };
}
