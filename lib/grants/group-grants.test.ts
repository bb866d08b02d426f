import { expect, test } from "vitest";
import { groupGrants } from "./group-grants.ts";
import type { GrantView } from "./list-grants.ts";

const DAY_MS = 86_400_000;
let made = 0;
const grant = (values: Partial<GrantView>, day = 0): GrantView => {
  made += 1;
  return {
    id: `grant ${made}`,
    clientId: "https://claude.ai/client",
    clientName: "Claude Code",
    clientHost: "claude.ai",
    trust: "verified",
    scope: "mcp:read",
    createdAt: new Date(Date.UTC(2026, 10, 1) + day * DAY_MS),
    firstUsedAt: null,
    lastUsedAt: null,
    lastUsedAddress: null,
    lastUsedClient: null,
    address: null,
    userAgent: null,
    ...values,
  };
};
const ids = (grants: readonly GrantView[]) => grants.map(({ id }) => id);

test("installations of one product stand together, oldest first; the product connected last comes first", () => {
  const [later, earlier, other] = [grant({}, 5), grant({}, 1), grant({ clientId: "https://cursor.com/c" }, 3)];
  const products = groupGrants([later, other, earlier]);
  expect(products.map(({ installations }) => ids(installations))).toEqual([ids([earlier, later]), ids([other])]);
  expect(products[0]?.connectedAt).toEqual(earlier.createdAt);
});

test("clients that registered themselves are one product by the name they gave, never with one that was checked", () => {
  const own = { trust: "unverified", clientHost: null };
  const [first, second] = [grant({ ...own, clientId: "psc_1" }), grant({ ...own, clientId: "psc_2" })];
  const named = grant({ ...own, clientId: "psc_3", clientName: "Helper" });
  const byId = grant({ ...own, trust: "server", clientId: "name Claude Code" });
  const products = groupGrants([grant({}), first, second, named, byId]);
  const found = products.map(({ installations, trust }) => [trust, installations.length]);
  expect(found.toSorted()).toEqual([
    ["server", 1],
    ["unverified", 1],
    ["unverified", 2],
    ["verified", 1],
  ]);
});

test("a product may do what any of its installations may, and was used first and last when any was", () => {
  const [zero, at] = [new Date(0), new Date(Date.UTC(2026, 10, 20))];
  const both = [
    grant({ firstUsedAt: zero, lastUsedAt: zero }),
    grant({ scope: "mcp:write", firstUsedAt: at, lastUsedAt: at }),
    grant({}),
  ];
  expect(groupGrants(both)[0]).toMatchObject({ scope: "mcp:read mcp:write", firstUsedAt: zero, lastUsedAt: at });
  expect(groupGrants([...both, grant({ scope: "mcp" })])[0]?.scope).toBe("mcp");
  expect(groupGrants([grant({})])[0]).toMatchObject({ firstUsedAt: null, lastUsedAt: null });
  expect(groupGrants([])).toEqual([]);
});
