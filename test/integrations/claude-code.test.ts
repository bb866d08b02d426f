import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ensureKnownClients } from "#lib/clients/known-clients.ts";
import { db } from "#lib/db.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, sendRpc, testGateway, toolDocument } from "#test/gateway.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PLUGIN = join(ROOT, "integrations", "claude-code");
const read = (...path: string[]) => readFileSync(join(...path), "utf8");

const plugin = z
  .object({
    name: z.string(),
    version: z.string(),
    license: z.string(),
    userConfig: z.record(z.string(), z.object({ type: z.string(), default: z.string() })),
    mcpServers: z.record(
      z.string(),
      z.strictObject({ type: z.literal("http"), url: z.string(), oauth: z.strictObject({ clientId: z.string() }) }),
    ),
  })
  .parse(JSON.parse(read(PLUGIN, ".claude-plugin", "plugin.json")));

const skills = globSync("skills/*/SKILL.md", { cwd: PLUGIN }).map((path) => {
  const [, head = "", body = ""] = /^---\n(.+?)\n---\n(.+)$/s.exec(read(PLUGIN, path)) ?? [];
  const fields = new Map([...head.matchAll(/^([a-z-]+): (.+)$/gm)].map(([, name, value = ""]) => [name, value]));
  const allowed = fields.get("allowed-tools")?.split(", ") ?? [];
  return { folder: basename(dirname(path)), fields, body, tools: toolsIn(body), allowed };
});

/** The entity under which the skills keep what is about the person. */
const PERSON = "user";

testDatabase();
const gateway = testGateway();

type WireTool = { name: string; inputSchema: { properties: object } };
const served = new Map<string, WireTool>();
/** What each tool that the skills read answers, with memories there. */
const answers = new Map<string, unknown>();

beforeAll(async () => {
  const { key } = await insertKey((await insertUser()).id);
  const { json } = await sendRpc(gateway.url(), key, "tools/list");
  for (const tool of (json as { result: { tools: WireTool[] } }).result.tools) served.set(tool.name, tool);
  const call = async (name: string, args: object) =>
    toolDocument(await sendRpc(gateway.url(), key, "tools/call", { name, arguments: args }));
  await call("pensyve_remember", { entity: PERSON, fact: "prefers tabs in Go files" });
  const { episode_id } = await call("pensyve_episode_start", { participants: [PERSON, "assistant"] });
  const turn = { episode_id, content: "moved the tabs", source_entity: "assistant", about_entity: PERSON };
  await call("pensyve_observe", turn);
  // One row for each reason that a row can have: the word, what looks like it, and neither.
  const found = ["tabs", "tabss", "zebra"].map((query) => call("pensyve_recall", { query }));
  answers.set("pensyve_recall", await Promise.all(found));
  answers.set("pensyve_inspect", await call("pensyve_inspect", { entity: PERSON }));
  answers.set("pensyve_status", await call("pensyve_status", {}));
  answers.set("pensyve_account", await call("pensyve_account", {}));
});

describe("manifests", () => {
  test("the marketplace lists the plugin where it is, and leaves the version to it", () => {
    const marketplace = JSON.parse(read(ROOT, ".claude-plugin", "marketplace.json"));
    expect(marketplace).toMatchObject({ name: "pensyve", plugins: [{ name: plugin.name }] });
    const [entry] = marketplace.plugins;
    expect(join(ROOT, entry.source)).toBe(PLUGIN);
    expect(entry).not.toHaveProperty("version");
  });

  test("plugin, change log and server have one version, so that an installed plugin is updated with each release", () => {
    const [, newest] = /^## \[(.+?)\]/m.exec(read(PLUGIN, "CHANGELOG.md")) ?? [];
    expect(newest).toBe(plugin.version);
    expect(JSON.parse(read(ROOT, "package.json")).version).toBe(plugin.version);
  });

  test("the plugin comes with the licence that it names", () => {
    expect(plugin.license).toBe(JSON.parse(read(ROOT, "package.json")).license);
    expect(read(PLUGIN, "LICENSE")).toBe(read(ROOT, "LICENSE"));
  });

  test("it connects to the server that its option names, by default to the one of `npm start`, as a client that the server knows", async () => {
    const [server] = Object.values(plugin.mcpServers);
    expect(server?.url).toBe("${user_config.server_url}");
    expect(plugin.userConfig["server_url"]?.default).toBe("http://localhost:3000/mcp");
    await ensureKnownClients();
    const client = await db().oAuthClient.findUnique({ where: { id: server?.oauth.clientId ?? "" } });
    expect(client).toMatchObject({ kind: "preregistered", metadata: { token_endpoint_auth_method: "none" } });
  });

  test("links in the README lead to files of the plugin, and every command is in it", () => {
    const readme = read(PLUGIN, "README.md");
    for (const [, link = ""] of readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)) {
      expect(existsSync(join(PLUGIN, link)), link).toBe(true);
    }
    const commands = skills.filter(({ fields }) => fields.get("user-invocable") !== "false");
    expect(commands.map(({ folder }) => folder).toSorted()).toEqual(["inspect", "recall", "remember", "status"]);
    for (const { folder } of commands) expect(readme).toContain(`/${plugin.name}:${folder}`);
  });
});

describe.each(skills)("skill $folder", ({ folder, fields, body, tools, allowed }) => {
  test("is named like its folder, says when it is for, and is short", () => {
    const description = fields.get("description") ?? "";
    expect(fields.get("name")).toBe(folder);
    expect(description.length).toBeGreaterThan(10);
    expect(description.length).toBeLessThan(400);
    expect(body.split("\n").length).toBeLessThan(70);
  });

  test("names only tools that the server has", () => {
    expect(tools.filter((tool) => !served.has(tool))).toEqual([]);
  });

  test("names only parameters that its tools take, and fields that they answer", () => {
    const parameters = tools.flatMap((tool) => Object.keys(served.get(tool)?.inputSchema.properties ?? {}));
    const answered = wordsIn(tools.map((tool) => answers.get(tool)));
    const known = new Set([...tools, ...parameters, ...answered, PERSON]);
    const named = [...body.matchAll(/`(_?[a-z]+(?:[_.][a-z]+)*)`/g)].flatMap(([, word = ""]) => word.split("."));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((word) => !known.has(word))).toEqual([]);
  });

  test("asks for each tool in the two ways that it can be called: through the plugin, and through a server added with a key", () => {
    const [server] = Object.keys(plugin.mcpServers);
    const prefixes = [`mcp__plugin_${plugin.name}_${server}__`, "mcp__pensyve__"];
    const names = toolsIn(allowed.join(" "));
    expect(allowed.toSorted()).toEqual(prefixes.flatMap((prefix) => names.map((name) => prefix + name)).toSorted());
    expect(tools).toEqual(expect.arrayContaining(names));
  });

  // Claude Code asks before Claude may load a skill that allows tools.
  test("allows tools only to a command that a person types, and to none that it deletes", () => {
    if (fields.get("disable-model-invocation") !== "true") expect(allowed).toEqual([]);
    expect(toolsIn(allowed.join(" "))).not.toContain("pensyve_forget");
  });
});

/** The tools of the server that a text names, whatever their prefix; `plugin_pensyve_` is none. */
function toolsIn(text: string): string[] {
  return [...new Set(text.match(/(?<![a-z]_)pensyve_[a-z]+(?:_[a-z]+)*/g))];
}

/** The names and the words of a JSON document, at any depth. */
function wordsIn(document: unknown): string[] {
  if (Array.isArray(document)) return document.flatMap(wordsIn);
  if (typeof document === "string") return document.split(/[^\w]+/);
  if (typeof document !== "object" || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) => [name, ...wordsIn(value)]);
}
