import { describe, expect, test } from "vitest";
import { actWords, byWords, resultWords } from "./activity-words.ts";

const at = new Date("2026-11-24T12:00:00Z");
const row = (action: string, details: Record<string, string | number | boolean | null> = {}) => ({
  action,
  details,
  occurredAt: at,
});

describe("acts in words", () => {
  test.each([
    ["key.created", { scope: "mcp:read" }, "Key created", "Read only"],
    ["key.created", { scope: "something else" }, "Key created", "Done"],
    ["key.rotated", { oldKeyWorksUntil: "2026-11-25T12:00:00.000Z" }, "Key rotated", "Grace 24 hours"],
    ["key.rotated", { oldKeyWorksUntil: "2026-11-24T13:00:00.000Z" }, "Key rotated", "Grace 1 hour"],
    ["key.rotated", { oldKeyWorksUntil: "2026-11-24T12:05:00.000Z" }, "Key rotated", "Grace 5 minutes"],
    ["key.rotated", { oldKeyWorksUntil: "2026-11-24T12:00:00.000Z" }, "Key rotated", "Old key ended"],
    ["key.rotated", { oldKeyWorksUntil: null }, "Key rotated", "Old key ended"],
    ["app.connected", { scope: "mcp:read", trust: "verified" }, "App connected", "Read only"],
    ["app.connected", { scope: "mcp:read mcp:write" }, "App connected", "Read and write"],
    ["app.widened", { scope: "mcp" }, "App widened", "Full access"],
    ["app.withdrawn", { end: "user" }, "App withdrawn", "Refused from then on"],
    ["app.withdrawn", { end: "user_disabled" }, "App withdrawn", "Account disabled"],
    ["app.withdrawn", { end: "client_removed" }, "App withdrawn", "App removed from this server"],
    ["refresh_token.reused", { end: "reuse" }, "Refresh token used twice", "App withdrawn"],
    ["signing_key.rotated", {}, "Signing key rotated", "Done"],
    ["client.created", { resourceServer: false }, "App added to this server", "Done"],
    ["client.removed", {}, "App removed from this server", "Refused from then on"],
    ["user.created", { administrator: true }, "Account made", "Administrator"],
    ["session.ended", {}, "Session ended", "Signed out"],
    ["something.newer", {}, "something.newer", "Done"],
  ])("%s %o", (action, details, what, result) => {
    expect(actWords(row(action))).toBe(what);
    expect(resultWords(row(action, details)).words).toBe(result);
  });

  test("who did it", () => {
    expect(byWords({ actorKind: "user" })).toBe("You");
    expect(byWords({ actorKind: "command_line" })).toBe("Command line");
    expect(byWords({ actorKind: "system" })).toBe("This server");
    expect(byWords({ actorKind: "system", details: { end: "client" } })).toBe("The app");
  });
});
