import { describe, expect, test } from "vitest";
import {
  appNameWords,
  consequenceWords,
  endedByWords,
  installationWords,
  lastUseWords,
  trustWords,
  withdrawWords,
} from "./app-words.ts";

describe("an app in words", () => {
  test("attack 20: a name that nobody has checked stands in quotes, cleaned of what turns or hides text", () => {
    const clientName = "Cla\u202eude\u200b  \nCode";
    expect(appNameWords({ clientName, trust: "unverified" })).toBe("“Claude Code”");
    expect(appNameWords({ clientName, trust: "verified" })).toBe("Claude Code");
    expect([...appNameWords({ clientName: "W".repeat(500), trust: "server" })]).toHaveLength(64);
  });

  test("verified never stands without its domain", () => {
    expect(trustWords({ trust: "verified", clientHost: "claude.ai" })).toBe("verified claude.ai");
    expect(trustWords({ trust: "verified", clientHost: null })).toBe("unverified");
    expect(trustWords({ trust: "server", clientHost: null })).toBe("added by this server");
    expect(trustWords({ trust: "something newer", clientHost: "claude.ai" })).toBe("unverified");
  });

  test("an installation is known by the system of its browser", () => {
    expect(installationWords({ userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)" })).toBe("on macOS");
    expect(installationWords({ userAgent: "Mozilla/5.0 (X11; Linux x86_64)" })).toBe("on Linux");
    expect(installationWords({ userAgent: null })).toBe("on another system");
  });

  test("last use names client and address, as far as they are known", () => {
    const use = { lastUsedClient: "claude-code/2.1.330", lastUsedAddress: "203.0.113.7" };
    expect(lastUseWords(use)).toBe("claude-code/2.1.330, 203.0.113.7");
    expect(lastUseWords({ ...use, lastUsedClient: null })).toBe("203.0.113.7");
    expect(lastUseWords({ lastUsedClient: null, lastUsedAddress: null })).toBe("");
  });

  test("what an act takes away, in number", () => {
    expect([1, 2, 3].map(withdrawWords)).toEqual(["Withdraw", "Withdraw both", "Withdraw all 3"]);
    expect(consequenceWords(1)).toBe("1 installation loses access at once, on every gateway. It can ask you again.");
    expect(consequenceWords(5, 4)).toBe(
      "5 installations lose access at once, on every gateway. They can ask you again.",
    );
  });

  test("through whom it ended", () => {
    expect(endedByWords("user")).toBe("By you");
    expect(endedByWords("reuse")).toContain("used twice");
    expect(endedByWords(null)).toBe("Ended");
    expect(endedByWords("constructor")).toBe("Ended");
  });
});
