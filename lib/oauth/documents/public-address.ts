import { BlockList, isIP } from "node:net";

/** IPv4 that is not on the public internet (IANA special-purpose registry), multicast and reserved space included. */
const NOT_PUBLIC_IPV4 = [
  "0.0.0.0/8", // this network; 0.0.0.0 reaches loopback on many systems
  "10.0.0.0/8",
  "100.64.0.0/10", // carrier-grade NAT
  "127.0.0.0/8",
  "169.254.0.0/16", // link-local; metadata services of clouds
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Of IPv6 only global unicast is public, without these, which lead elsewhere: Teredo and ORCHID, documentation, 6to4, AS112, SRv6. */
const GLOBAL_UNICAST = "2000::/3";
const NOT_PUBLIC_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"];

const ipv4 = blockList(NOT_PUBLIC_IPV4, "ipv4");
const ipv6 = blockList(NOT_PUBLIC_IPV6, "ipv6");
const global = blockList([GLOBAL_UNICAST], "ipv6");

/**
 * Whether an IP address is one of the public internet. Not so: loopback, private, link-local, unique local, carrier-grade NAT,
 * multicast, unspecified, documentation; nor IPv4 in IPv6, be it mapped, translated (NAT64) or tunnelled (6to4, Teredo).
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !ipv4.check(address, "ipv4");
  if (family !== 6 || address.includes("%")) return false;
  return global.check(address, "ipv6") && !ipv6.check(address, "ipv6");
}

function blockList(networks: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix = ""] = network.split("/");
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
