import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { beforeAll, describe, expect, test } from "vitest";
import { CLIENTS } from "#lib/connect/clients.ts";
import { snippetFor } from "#lib/connect/snippet-for.ts";
import { STRIP_OPERATIONS } from "#lib/scopes.ts";
import { insertUser, testDatabase } from "./database.ts";
import { insertKey, send, testGateway } from "./gateway.ts";
import { block } from "./seed-blocks.ts";
import { type Connection, expand } from "./snippets/connection.ts";
import { hasCommand, runGo } from "./snippets/read-code.ts";
import { plain, readConfiguration } from "./snippets/read-configuration.ts";
import { readTerminal } from "./snippets/read-terminal.ts";

// What docs/seed.md says, pasted and followed. The blocks that need a browser are in e2e/seed.spec.ts, those that need Claude
// Code in e2e/clients/seed.spec.ts, those of the SDKs in Python and TypeScript beside them.

testDatabase();
const server = testGateway();
const run = promisify(execFile);
/** Where the page says that each shell reads its profile. */
const SHELLS = { bash: "~/.bashrc", zsh: "~/.zshrc", fish: "~/.config/fish/config.fish" };
const ALL = STRIP_OPERATIONS.map(({ name }) => name).sort();
let user = "";
let key = "";

beforeAll(async () => {
  user = (await insertUser()).id;
  key = (await insertKey(user)).key;
});

/** The page's block, with this test's address and key. */
const filled = () => ({ url: server.url(), key });

/** The operations that a client's tools are for. */
async function operationsOf({ url, headers }: Connection): Promise<string[]> {
  const client = new Client({ name: "seed", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  try {
    const { tools } = await client.listTools();
    return tools.map(({ name }) => name.replace("pensyve_", "")).sort();
  } finally {
    await client.close();
  }
}

/** A home with nothing in it. */
async function atHome(act: (home: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "pensyve-seed-"));
  try {
    await act(home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Stores something to be found again, in the namespace that the page's blocks name. */
async function rememberPreference(fact: string): Promise<void> {
  const body = { entity: "ada", fact, namespace: "my-agent" };
  expect((await send(server.url(), "POST", "/v1/remember", { key, body })).status).toBe(201);
}

test("seed 03: a key of each scope has the operations that the table names, and no other", async () => {
  const [full, ...narrow] = block("03").rows.map(([scope = "", permissions = ""]) => ({ scope, permissions }));
  expect(full?.scope).toBe("Full access (`mcp`)");
  const named = (full?.permissions ?? "")
    .replace("All operations — ", "")
    .replace("episodes", "episode_start, episode_end");
  expect(ALL).toEqual(expect.arrayContaining(named.split(", ")));
  const connection = (value: string) => ({ url: `${server.url()}/mcp`, headers: { Authorization: `Bearer ${value}` } });
  expect(await operationsOf(connection(key))).toEqual(ALL);
  expect(narrow.map(({ scope }) => scope)).toEqual(["Read only (`mcp:read`)", "Write only (`mcp:write`)"]);
  for (const { scope, permissions } of narrow) {
    const narrowKey = await insertKey(user, scope.includes("mcp:read") ? "mcp:read" : "mcp:write");
    expect(await operationsOf(connection(narrowKey.key)), scope).toEqual(permissions.split(", ").sort());
  }
});

describe("seed 05: the line sets the key", () => {
  test.for(Object.entries(SHELLS))(
    "in %s, pasted and from the profile that the page names",
    async ([shell, profile], { skip }) => {
      const { code, text } = block("05", filled());
      expect(text).toContain(`\`${profile}\``);
      if (!(await hasCommand(shell, "--version"))) {
        process.stderr.write(`Not proven: a line for ${shell}, which is not on this machine.\n`);
        skip();
      }
      await atHome(async (home) => {
        const env = { NODE_ENV: "test" as const, HOME: home, PATH: process.env["PATH"] };
        const pasted = await run(shell, ["-c", `${code}printenv PENSYVE_API_KEY`], { env });
        expect(pasted.stdout).toBe(`${key}\n`);
        const path = profile.replace("~", home);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, code);
        const later = await run(shell, ["-i", "-c", "printenv PENSYVE_API_KEY"], { env });
        expect(later.stdout).toBe(`${key}\n`);
      });
    },
  );
});

test("seed 06: a client that reads the JSON connects, with the variable filled in and with the key pasted", async () => {
  const { code, text } = block("06", filled());
  const { pensyve } = JSON.parse(code).mcpServers;
  expect(pensyve.type).toBe("http");
  expect(await operationsOf(plain(expand(pensyve, /\$\{(\w+)\}/g, { PENSYVE_API_KEY: key })))).toEqual(ALL);
  expect(text).toContain('paste the key directly (e.g., `"Bearer psy_abc123"`)');
  const pasted = JSON.parse(code.replace("${PENSYVE_API_KEY}", key)).mcpServers.pensyve;
  expect(await operationsOf(plain(pasted))).toEqual(ALL);
});

test("seed 06: a client that leaves the variable as it is learns which one", async () => {
  const { Authorization } = JSON.parse(block("06").code).mcpServers.pensyve.headers;
  const answer = await send(server.url(), "POST", "/mcp", { headers: { authorization: Authorization }, body: {} });
  expect(answer.status).toBe(401);
  expect(answer.text).toContain("PENSYVE_API_KEY");
});

test("seed 09: the shell gives Claude Code the address and the header with the key, which connect", async () => {
  const { code } = block("09", filled());
  expect(await operationsOf(await readTerminal({ kind: "command", format: "sh", text: code, notes: [] }))).toEqual(ALL);
});

test("seed 10: each client that the page names has a configuration here, which sends the key as a Bearer token", async () => {
  const [, names = ""] = /configuration \(([^)]+)\)/.exec(block("10").text) ?? [];
  expect(names.split(", ")).toHaveLength(6);
  for (const name of names.split(", ")) {
    const client = CLIENTS.find(({ label }) => label === name);
    const address = { mcpUrl: `${server.url()}/mcp`, apiUrl: server.url() };
    const snippet = snippetFor({ client: client?.id ?? name, method: "key", system: "linux", key, ...address });
    if (snippet.kind === "none") throw new Error(`${name}: ${snippet.reason}`);
    const connection = readConfiguration(client?.id ?? name, snippet, { PENSYVE_API_KEY: key });
    expect(connection.headers, name).toEqual({ Authorization: `Bearer ${key}` });
    expect(await operationsOf(connection), name).toEqual(ALL);
  }
});

test("seed 14: the Go block makes a client that stores and finds", async ({ skip }) => {
  if (!(await hasCommand("go", "version"))) {
    process.stderr.write("Not proven: the block in Go, which is not on this machine.\n");
    skip();
  }
  await runGo(
    `package main

import (
	"context"

	"github.com/major7apps/pensyve/pensyve-go"
)

func main() {
${block("14", filled()).code}
	if _, err := client.Remember(context.Background(), pensyve.RememberRequest{Entity: "go", Fact: "compiles at once"}); err != nil {
		panic(err)
	}
	found, err := client.Recall(context.Background(), pensyve.RecallRequest{Query: "compiles"})
	if err != nil || len(found.Memories) != 1 {
		panic(err)
	}
}
`,
    {},
  );
  const answer = await send(server.url(), "POST", "/v1/recall", { key, body: { query: "compiles" } });
  expect(answer.text).toContain("compiles at once");
});

test("seed 15: curl, pasted into a shell, gets the memories of the namespace that it names", async ({ skip }) => {
  if (!(await hasCommand("curl", "--version"))) {
    process.stderr.write("Not proven: the block for curl, which is not on this machine.\n");
    skip();
  }
  await rememberPreference("user preferences: dark mode");
  await send(server.url(), "POST", "/v1/remember", {
    key,
    body: { entity: "ada", fact: "user preferences elsewhere" },
  });
  const { stdout } = await run("bash", ["-c", block("15", filled()).code]);
  const { memories } = JSON.parse(stdout) as { memories: { content: string; namespace: string }[] };
  expect(memories).toMatchObject([{ content: "user preferences: dark mode", namespace: "my-agent" }]);
});
