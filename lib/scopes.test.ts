import fc from "fast-check";
import { expect, test } from "vitest";
import { type Access, isScope, scopeAllows, scopeThatAllows } from "./scopes.ts";

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
