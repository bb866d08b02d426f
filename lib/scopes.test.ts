import fc from "fast-check";
import { expect, test } from "vitest";
import { type Access, isScope, scopeAllows, scopeThatAllows, scopeTogether } from "./scopes.ts";

const NEEDS: Access[] = ["read", "write", "full"];

test.each([
  ["mcp", true, true, true],
  ["mcp:read", true, false, false],
  ["mcp:write", false, true, false],
  ["mcp:read mcp:write", true, true, false],
  ["offline_access mcp:read", true, false, false],
  ["", false, false, false],
  ["admin", false, false, false],
  ["MCP", false, false, false],
])("scope %j allows read %s, write %s, full %s", (scope, read, write, full) => {
  expect(NEEDS.map((access) => scopeAllows(scope, access))).toEqual([read, write, full]);
});

test("any string without a known scope allows nothing that needs one (standards JWT-07)", () => {
  fc.assert(
    fc.property(fc.string(), (scope) => {
      fc.pre(!scope.split(" ").some(isScope));
      expect(NEEDS.some((access) => scopeAllows(scope, access))).toBe(false);
    }),
  );
});

test("the scope that a refusal names would do", () => {
  for (const access of NEEDS) expect(scopeAllows(scopeThatAllows(access), access)).toBe(true);
});

test.each([
  ["mcp:read", "mcp:write", "mcp:read mcp:write"],
  ["mcp:write", "mcp:read", "mcp:read mcp:write"],
  ["mcp:read mcp:write", "mcp", "mcp"],
  ["", "mcp:read", "mcp:read"],
  ["admin offline_access", "mcp:write", "mcp:write"],
])("%j and %j together are %j", (scope, other, together) => {
  expect(scopeTogether(scope, other)).toBe(together);
});

test("what is asked for together allows what either allows", () => {
  const some = fc.subarray(["mcp", "mcp:read", "mcp:write", "x"]).map((names) => names.join(" "));
  fc.assert(
    fc.property(some, some, (scope, other) => {
      const together = scopeTogether(scope, other);
      const both = NEEDS.map((access) => scopeAllows(scope, access) || scopeAllows(other, access));
      expect(NEEDS.map((access) => scopeAllows(together, access))).toEqual(both);
    }),
  );
});
