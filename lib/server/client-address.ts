import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { singleton } from "../singleton.ts";

/** How the front door tells Next's pages the client's address; what a client sends under this name is dropped. */
export const CLIENT_ADDRESS_HEADER = "x-pensyve-client-address";

/**
 * The address of the client, seen past `hops` proxies that each append the address they were called from to X-Forwarded-For.
 * Counted from the right: what stands further left was sent by the client and may be anything.
 * @param peer the other end of the connection.
 * @param forwardedFor the header as it came; looked at only when `hops` is over 0.
 * @returns an IP address; the peer's when the header names none at that place.
 */
export function clientAddress(peer: string | undefined, forwardedFor: string | undefined, hops: number): string {
  const direct = plainAddress(peer ?? "") ?? "0.0.0.0";
  if (hops === 0 || !forwardedFor) return direct;
  const entries = forwardedFor.split(",");
  const entry = entries[Math.max(0, entries.length - hops)];
  return plainAddress(entry ?? "") ?? direct;
}

const addresses = singleton("client-addresses", () => new WeakMap<IncomingMessage, string>());

/** Remembers a request's client address, once per request, at the front door. */
export function setRequestAddress(request: IncomingMessage, address: string): void {
  addresses.set(request, address);
}

/** The client address of a request that came through the front door. */
export function requestAddress(request: IncomingMessage): string {
  return addresses.get(request) ?? clientAddress(request.socket.remoteAddress, undefined, 0);
}

/** Without port, brackets and the prefix of an IPv4 address in IPv6; undefined when it is no IP address. */
function plainAddress(text: string): string | undefined {
  const trimmed = text.trim();
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1] ?? trimmed.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
  const address = bare.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(address) ? address : undefined;
}
