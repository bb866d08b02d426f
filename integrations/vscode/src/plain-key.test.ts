import { describe, expect, test } from "vitest";
import { MemorySecrets } from "../test/memory-secrets.ts";
import { CredentialStore } from "./credential-store.ts";
import { movePlainKeys, type PlainKey } from "./plain-key.ts";

const SERVER = "https://memory.example.org";

function move(from: PlainKey["from"], options: { choice?: string; isSignedIn?: boolean } = {}) {
  const store = new CredentialStore(new MemorySecrets());
  const said: string[] = [];
  const asked: string[] = [];
  let isRemoved = false;
  const remove = async () => {
    isRemoved = true;
  };
  const run = async () => {
    if (options.isSignedIn) await store.write(SERVER, { kind: "api_key", key: "psy_newer", since: 1 });
    await movePlainKeys({
      found: [{ from, key: "psy_plain", remove }],
      store,
      server: SERVER,
      say: (message) => void said.push(message),
      ask: async (message) => {
        asked.push(message);
        return options.choice;
      },
    });
    const stored = await store.read(SERVER);
    return { key: stored?.kind === "api_key" ? stored.key : undefined, isRemoved, said, asked };
  };
  return run();
}

describe("an API key in the person's own settings", () => {
  test("moves to the secret storage, and they are told to rotate it if the file was shared", async () => {
    const { key, isRemoved, said, asked } = await move("user");
    expect([key, isRemoved, asked]).toEqual(["psy_plain", true, []]);
    expect(said).toEqual([expect.stringMatching(/secret storage.*rotate the key/)]);
  });

  test("replaces no sign-in, but is removed", async () => {
    const { key, isRemoved, said } = await move("user", { isSignedIn: true });
    expect([key, isRemoved]).toEqual(["psy_newer", true]);
    expect(said).toEqual([expect.stringContaining("is not used")]);
  });
});

describe("an API key in a workspace's settings, which somebody else may have written", () => {
  test.each([
    [undefined, undefined, false],
    ["Remove it", undefined, true],
    ["Use and remove it", "psy_plain", true],
  ])("answered with %j, the key in use is %j and it is removed: %j", async (choice, used, isGone) => {
    const { key, isRemoved, asked } = await move("workspace", choice === undefined ? {} : { choice });
    expect([key, isRemoved, asked.length]).toEqual([used, isGone, 1]);
  });
});

test("no message shows the key", async () => {
  for (const from of ["user", "workspace"] as const) {
    const { said, asked } = await move(from, { choice: "Use and remove it" });
    expect([...said, ...asked].join()).not.toContain("psy_plain");
  }
});
