import fc from "fast-check";
import { expect, test } from "vitest";
import { isPublicAddress } from "./public-address.ts";

test.each([
  ["loopback", "127.0.0.1"],
  ["loopback, elsewhere in its network", "127.8.8.8"],
  ["loopback of IPv6", "::1"],
  ["unspecified", "0.0.0.0"],
  ["unspecified of IPv6", "::"],
  ["private", "10.0.0.1"],
  ["private", "172.31.255.255"],
  ["private", "192.168.1.1"],
  ["link-local, where clouds keep credentials", "169.254.169.254"],
  ["link-local of IPv6", "fe80::1"],
  ["link-local with a zone", "fe80::1%lo"],
  ["unique local", "fd00:ec2::254"],
  ["site-local", "fec0::1"],
  ["carrier-grade NAT", "100.64.0.1"],
  ["carrier-grade NAT", "100.127.255.255"],
  ["multicast", "224.0.0.1"],
  ["multicast of IPv6", "ff02::1"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["benchmarks", "198.19.0.1"],
  ["documentation", "192.0.2.1"],
  ["documentation of IPv6", "2001:db8::1"],
  ["IPv4 mapped", "::ffff:127.0.0.1"],
  ["IPv4 mapped, in hex", "::ffff:7f00:1"],
  ["IPv4 mapped, of the public internet", "::ffff:8.8.8.8"],
  ["IPv4 compatible", "::127.0.0.1"],
  ["NAT64", "64:ff9b::7f00:1"],
  ["NAT64, local", "64:ff9b:1::7f00:1"],
  ["6to4", "2002:7f00:1::"],
  ["Teredo", "2001::1"],
  ["discard", "100::1"],
  ["no address", "localhost"],
  ["nothing", ""],
])("CIM-05 attack 23: %s (%s) is not the public internet", (_name, address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])(
  "CIM-05: %s is",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test("CIM-05 attack 23: no way to write an IPv4 address in IPv6 is public", () => {
  fc.assert(
    fc.property(
      fc.ipV4(),
      fc.constantFrom("::ffff:", "::", "64:ff9b::", "64:ff9b:1::", "::ffff:0:"),
      (ipv4, prefix) => {
        expect(isPublicAddress(prefix + ipv4)).toBe(false);
      },
    ),
  );
});
