import { isIPv6 } from "node:net";

/** How much one address may do: `burst` at once, then `perMinute`. */
export type Allowance = { burst: number; perMinute: number };
const ADDRESSES_MAX = 50_000;

export type AddressLimit = {
  /** Takes one of the address's allowance. @returns seconds to wait when nothing is left, else 0. */
  take(address: string, nowMs: number): number;
};

/** Token buckets of one process, by client address; the many addresses of one IPv6 network (/64) count as one. */
export function makeAddressLimit({ burst, perMinute }: Allowance): AddressLimit {
  const perMs = perMinute / 60_000;
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(address, nowMs) {
      const key = network(address);
      const before = buckets.get(key) ?? { left: burst, at: nowMs };
      const left = Math.min(burst, before.left + Math.max(0, nowMs - before.at) * perMs);
      // The least recently seen goes first; a full bucket is as good as none.
      buckets.delete(key);
      const oldest = buckets.size >= ADDRESSES_MAX ? buckets.keys().next().value : undefined;
      if (oldest !== undefined) buckets.delete(oldest);
      buckets.set(key, { left: left >= 1 ? left - 1 : left, at: nowMs });
      return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / perMs / 1_000));
    },
  };
}

function network(address: string): string {
  if (!isIPv6(address)) return address;
  // The URL parser writes out the form that is equal for equal addresses.
  const [head = "", tail] = new URL(`http://[${address.split("%", 1)[0]}]`).hostname.slice(1, -1).split("::");
  const groups = head.split(":").filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(":").filter(Boolean).length;
  const all = [...groups, ...Array<string>(missing).fill("0"), ...(tail ?? "").split(":").filter(Boolean)];
  return `${all.slice(0, 4).join(":")}::/64`;
}
