import { allowInBrowser } from "../allow.ts";
import { expect } from "../dashboard.ts";
import { AUTHORIZATION_URL, type RunningClient } from "./run-client.ts";
import { type Terminal, test } from "./terminal.ts";

test("AUT-01 CIM-10 REG-05: mcp-remote, started as the connect page says, bridges a program on standard input to the server after a consent, and the next start needs none", async ({
  terminal,
  page,
  person: _,
}) => {
  const first = await start(terminal);
  await allowInBrowser(page, await first.says(AUTHORIZATION_URL));
  await first.says(/Proxy established/);
  expect(await listTools(first)).toContain("pensyve_recall");
  await first.stop();

  const second = await start(terminal);
  await second.says(/Proxy established/);
  expect(await listTools(second)).toContain("pensyve_recall");
  expect(second.output()).not.toMatch(AUTHORIZATION_URL);
});

async function start(terminal: Terminal): Promise<RunningClient> {
  const command = await terminal.follow("mcp-remote", "oauth");
  if (!command) throw new Error("The connect page has a file for mcp-remote.");
  return command;
}

/** What a program on the other end of standard input and output sees. */
async function listTools(client: RunningClient): Promise<string[]> {
  const initialize = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "program", version: "1" } };
  client.write(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: initialize }));
  await expect.poll(() => answerTo(client.stdout(), 1), { timeout: 30_000 }).toBeDefined();
  client.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }));
  client.write(JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/list" }));
  await expect.poll(() => answerTo(client.stdout(), 2), { timeout: 30_000 }).toBeDefined();
  const { result } = answerTo(client.stdout(), 2) as { result: { tools: { name: string }[] } };
  return result.tools.map(({ name }) => name);
}

function answerTo(stdout: string, id: number): unknown {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line)).find((message) => message.id === id);
}
