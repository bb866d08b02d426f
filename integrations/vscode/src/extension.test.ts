import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ExtensionContext } from "vscode";
import manifest from "../package.json" with { type: "json" };
import { changeSetting, fake } from "../test/fake-vscode.ts";
import { MemorySecrets } from "../test/memory-secrets.ts";
import { activate } from "./extension.ts";

let secrets: MemorySecrets;
let server: Server;
let address: string;
/** How the server answers, by path. */
let answers: Record<string, { status: number; body: unknown }>;
let credentials: (string | undefined)[];

beforeEach(async () => {
  fake.reset();
  secrets = new MemorySecrets();
  answers = {};
  credentials = [];
  server = createServer((request, response) => {
    credentials.push(request.headers.authorization);
    const { status, body } = answers[request.url ?? ""] ?? { status: 404, body: { error: "not_found" } };
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fake.settings.set("pensyve.serverUrl", address);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** As the editor does. */
function start(): void {
  const extension = { packageJSON: { version: "1.2.3" } };
  activate({ secrets, subscriptions: [], extension } as unknown as ExtensionContext);
}

const run = (name: string) => fake.commands.get(name)?.();
const stored = () => secrets.values.get(`credential:${address}`);
const last = () => fake.said.at(-1);

describe("activating", () => {
  test("registers every command of the manifest, and no other", () => {
    start();
    const declared = manifest.contributes.commands.map(({ command }) => command);
    expect([...fake.commands.keys()].sort()).toEqual(declared.sort());
  });

  test("registers the providers under the ids of the manifest, and the handler of links", () => {
    start();
    const [authentication] = manifest.contributes.authentication;
    const [mcp] = manifest.contributes.mcpServerDefinitionProviders;
    expect([...fake.providers.keys()].sort()).toEqual([`mcp ${mcp?.id}`, authentication?.id, "uri"].sort());
  });

  test("the client that the server knows is the one that the manifest makes", () => {
    expect(`${manifest.publisher}.${manifest.name}`).toBe("pensyve.pensyve");
  });
});

describe("a key", () => {
  test("is checked with the server before it is kept, and kept in the secret storage", async () => {
    answers["/v1/me"] = { status: 200, body: { kind: "api_key" } };
    start();
    fake.typed.push(" psy_key ");
    await run("pensyve.signInWithKey");
    expect(credentials).toEqual(["Bearer psy_key"]);
    expect(JSON.parse(stored() ?? "")).toMatchObject({ kind: "api_key", key: "psy_key" });
    expect(fake.said.map(({ message }) => message).join()).not.toContain("psy_key");
  });

  test("that the server refuses is not kept; the message offers to enter another", async () => {
    answers["/v1/me"] = { status: 401, body: { error: "invalid_credential", message: "no" } };
    start();
    fake.typed.push("psy_key");
    await run("pensyve.signInWithKey");
    expect(stored()).toBeUndefined();
    expect(last()).toMatchObject({ kind: "error", choices: ["Enter an API key"] });
  });

  test("is forgotten on signing out", async () => {
    await secrets.store(`credential:${address}`, JSON.stringify({ kind: "api_key", key: "psy_key", since: 1 }));
    start();
    await run("pensyve.signOut");
    expect(stored()).toBeUndefined();
    await run("pensyve.signOut");
    expect(last()?.message).toBe("You are not signed in.");
  });

  test("of one server is not sent to another", async () => {
    await secrets.store(
      "credential:https://other.example.org",
      JSON.stringify({ kind: "api_key", key: "psy_key", since: 1 }),
    );
    start();
    await run("pensyve.status");
    expect(credentials).toEqual([]);
  });

  test("that stood in the settings is moved, and the settings no longer hold it", async () => {
    fake.settings.set("pensyve.apiKey", "psy_plain");
    start();
    await expect.poll(() => last()?.message).toContain("secret storage");
    expect(fake.settings.has("pensyve.apiKey")).toBe(false);
    expect(JSON.parse(stored() ?? "")).toMatchObject({ kind: "api_key", key: "psy_plain" });
  });

  test("that a workspace brings is not used without asking", async () => {
    fake.workspaceSettings.set("pensyve.apiKey", "psy_foreign");
    start();
    await expect.poll(() => last()?.choices).toEqual(["Use and remove it", "Remove it"]);
    expect(stored()).toBeUndefined();
  });
});

describe("commands", () => {
  beforeEach(() =>
    secrets.store(`credential:${address}`, JSON.stringify({ kind: "api_key", key: "psy_key", since: 1 })),
  );

  test("what the person closes says nothing", async () => {
    start();
    for (const name of ["pensyve.recall", "pensyve.remember", "pensyve.inspect", "pensyve.signIn"]) {
      fake.typed.push(undefined);
      await run(name);
    }
    expect(fake.said).toEqual([]);
  });

  test("recall that finds nothing says so", async () => {
    answers["/v1/recall"] = { status: 200, body: { memories: [] } };
    start();
    fake.typed.push("tea");
    await run("pensyve.recall");
    expect(last()).toMatchObject({ kind: "information", message: expect.stringContaining("Nothing was found") });
  });

  test.each([
    [401, { error: "invalid_credential" }, "The server refuses the API key", "Enter an API key"],
    [403, { error: "insufficient_scope", message: "It needs mcp:write." }, "mcp:write", "Enter an API key"],
  ])("a refusal with %i says what to do, and the button does it", async (status, body, message, choice) => {
    answers["/v1/recall"] = { status, body };
    fake.choose = () => choice;
    start();
    fake.typed.push("tea");
    await run("pensyve.recall");
    expect(last()).toMatchObject({ kind: "error", message: expect.stringContaining(message), choices: [choice] });
    expect(fake.executed).toEqual([["pensyve.signInWithKey", undefined]]);
  });

  test.each(["no address", "http://memory.example.org"])(
    "with the server set to %j, the way leads to the settings",
    async (bad) => {
      start();
      changeSetting("pensyve.serverUrl", bad);
      fake.choose = () => "Open settings";
      await run("pensyve.status");
      expect(last()?.kind).toBe("error");
      expect(fake.executed.at(-1)).toEqual(["workbench.action.openSettings", "pensyve.serverUrl"]);
      expect(credentials).toEqual([]);
    },
  );
});

describe("the manifest", () => {
  const { properties } = manifest.contributes.configuration;

  test("lets no workspace choose the server: it would be sent what is remembered", () => {
    expect(properties["pensyve.serverUrl"].scope).toBe("application");
  });

  test("calls the plain key deprecated, and restricts what an untrusted workspace sets", () => {
    expect(properties["pensyve.apiKey"].markdownDeprecationMessage).toContain("secret storage");
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain("pensyve.apiKey");
  });
});
