import { lookup as systemLookup } from "node:dns";
import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { isPublicAddress } from "./public-address.ts";

/** How documents of strangers are reached; tests pass their own. */
export type Network = {
  lookup: LookupFunction;
  isAllowed: (address: string) => boolean;
  /** Whether the plain protocol will do: no stranger's document is taken without TLS. */
  allowsHttp: boolean;
};
export const PUBLIC_INTERNET: Network = { lookup: systemLookup, isAllowed: isPublicAddress, allowsHttp: false };

/** Addresses are strangers' choice, so an answer gets this much of headers, and of time (the caller's signal cuts it shorter). */
const HEADER_BYTES_MAX = 16 * 1024;
const TIMEOUT_MS = 5_000;
const WITHOUT_BODY = new Set([204, 205, 304]);

/** A host that is, or whose name resolves to, an address that strangers must not make this server reach. */
export class AddressRefused extends Error {
  override name = "AddressRefused";
  constructor(host: string) {
    super(`${host} has an address that is not on the public internet`);
  }
}

/**
 * GETs what a stranger named, without reaching anything but the public internet. The address is checked where it is resolved, so
 * that no connection is even tried; a name that resolves to any address that is not public is refused as a whole, and what was
 * checked is what is connected to, so rebinding the name changes nothing. Redirects are never followed, cookies and bodies never
 * sent, and the answer is not decompressed.
 * @throws AddressRefused, or what the network says.
 */
export async function fetchPublicly(
  address: string | URL,
  options: Pick<RequestInit, "headers" | "signal">,
  network: Network = PUBLIC_INTERNET,
): Promise<Response> {
  const url = new URL(address);
  if (url.protocol !== "https:" && !(network.allowsHttp && url.protocol === "http:")) {
    throw new Error(`${url.protocol} is not fetched`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // A literal address is never looked up.
  if (isIP(host) && !network.isAllowed(host)) throw new AddressRefused(host);
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const headers = { ...Object.fromEntries(new Headers(options.headers)), "accept-encoding": "identity" };
  const { request } = url.protocol === "https:" ? https : http;
  return await new Promise<Response>((resolve, reject) => {
    const sent = request(url, {
      method: "GET",
      // A connection of its own: none is kept that a later name might share.
      agent: false,
      lookup: checked(network),
      headers,
      signal,
      maxHeaderSize: HEADER_BYTES_MAX,
    });
    sent.on("error", reject);
    sent.once("socket", (socket) => {
      socket.once("connect", () => {
        if (!network.isAllowed(socket.remoteAddress ?? "")) socket.destroy(new AddressRefused(host));
      });
    });
    sent.once("response", (incoming) => {
      // What is thrown in a listener would stop the process.
      try {
        resolve(responseOf(incoming, host));
      } catch (error) {
        incoming.destroy();
        reject(error);
      }
    });
    // Another protocol was not asked for, and nothing else would end the fetch then.
    sent.once("upgrade", (_incoming, socket) => socket.destroy());
    sent.once("close", () => reject(new Error(`${host} closed the connection without an answer`)));
    sent.end();
  });
}

/** @throws when it is no answer that a Response can be. */
function responseOf(incoming: http.IncomingMessage, host: string): Response {
  const status = incoming.statusCode ?? 0;
  if (status < 200 || status > 599) throw new Error(`${host} answered with the status ${status}`);
  const pairs = Object.entries(incoming.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const headers = new Headers(pairs);
  const body = WITHOUT_BODY.has(status) ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
  return new Response(body, { status, headers });
}

/** The network's lookup, which gives out nothing when one address of the name is not allowed. */
function checked({ lookup, isAllowed }: Network): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const addresses = typeof found === "string" ? [{ address: found, family: isIP(found) }] : found;
      if (addresses.length === 0 || !addresses.every(({ address }) => isAllowed(address))) {
        return callback(new AddressRefused(hostname), []);
      }
      if (options.all) return callback(null, addresses);
      const first = addresses[0];
      callback(null, first?.address ?? "", first?.family);
    });
  };
}
