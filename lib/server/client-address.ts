import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

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
  const direct = peerAddress(peer ?? "");
  if (hops === 0 || !forwardedFor) return direct;
  const entries = forwardedFor.split(",");
  const entry = entries[Math.max(0, entries.length - hops)];
  return plainAddress(entry ?? "") ?? direct;
}

/** On the request itself: both module graphs see it, and every request pays for it, so a WeakMap would be too dear. */
const ADDRESS: unique symbol = Symbol.for("pensyve-auth.client-address");
type Addressed = IncomingMessage & { [ADDRESS]?: string };

/** Remembers a request's client address, once per request, at the front door. */
export function setRequestAddress(request: Addressed, address: string): void {
  request[ADDRESS] = address;
}

/** The client address of a request that came through the front door. */
export function requestAddress(request: Addressed): string {
  return request[ADDRESS] ?? clientAddress(request.socket.remoteAddress, undefined, 0);
}

/** Peers come again and again; the bound is against those that do not. */
const peers = new Map<string, string>();
const PEERS_MAX = 10_000;

function peerAddress(peer: string): string {
  const known = peers.get(peer);
  if (known !== undefined) return known;
  const address = plainAddress(peer) ?? "0.0.0.0";
  if (peers.size >= PEERS_MAX) peers.clear();
  peers.set(peer, address);
  return address;
}

/** Without port, brackets and the prefix of an IPv4 address in IPv6; undefined when it is no IP address. */
function plainAddress(text: string): string | undefined {
  const trimmed = text.trim();
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1] ?? trimmed.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
  const address = bare.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(address) ? address : undefined;
}
