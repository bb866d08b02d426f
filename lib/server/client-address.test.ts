import { expect, test } from "vitest";
import { clientAddress } from "./client-address.ts";

test.each<[string, string | undefined, string | undefined, number, string]>([
  ["no proxy: the header is a claim like any other", "203.0.113.9", "10.0.0.1", 0, "203.0.113.9"],
  ["one proxy: what it appended", "10.0.0.1", "203.0.113.9", 1, "203.0.113.9"],
  ["one proxy: what the client sent stands left of it", "10.0.0.1", "1.1.1.1, 203.0.113.9", 1, "203.0.113.9"],
  ["two proxies", "10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"],
  ["fewer entries than proxies: the leftmost", "10.0.0.1", "203.0.113.9", 3, "203.0.113.9"],
  ["no header behind a proxy: the proxy", "10.0.0.1", undefined, 1, "10.0.0.1"],
  ["not an address: the proxy", "10.0.0.1", "unknown", 1, "10.0.0.1"],
  ["empty entry: the proxy", "10.0.0.1", "203.0.113.9,", 1, "10.0.0.1"],
  ["with a port", "10.0.0.1", "203.0.113.9:4711", 1, "203.0.113.9"],
  ["IPv6 in brackets with a port", "10.0.0.1", "[2001:db8::1]:443", 1, "2001:db8::1"],
  ["IPv4 in IPv6", "::ffff:127.0.0.1", undefined, 0, "127.0.0.1"],
  ["markup is no address", "10.0.0.1", "<script>", 1, "10.0.0.1"],
  ["no peer", undefined, undefined, 0, "0.0.0.0"],
])("the client's address, %s", (_name, peer, header, hops, expected) => {
  expect(clientAddress(peer, header, hops)).toBe(expected);
});
