import { allowInBrowser } from "../allow.ts";
import { expect, test } from "../dashboard.ts";
import { clientHome, runClient } from "./run-client.ts";

test("AUT-01 CIM-10 REG-05: mcp-remote bridges a program on standard input to the server after a consent, and the next start needs none", async ({
  page,
  server,
  person: _,
}) => {
  const home = await clientHome();
  const env = { MCP_REMOTE_CONFIG_DIR: home.path };
  const args = [`${server.url}/mcp`, "--allow-http", "--transport", "http-only"];
  const first = runClient("mcp-remote", args, home.path, env);
  try {
    await allowInBrowser(page, await first.says(/(http\S+\/oauth\/authorize\?\S+)/));
    await first.says(/Proxy established/);
    expect(await listTools(first)).toContain("pensyve_recall");
  } finally {
    await first.stop();
  }
  const second = runClient("mcp-remote", args, home.path, env);
  try {
    await second.says(/Proxy established/);
    expect(await listTools(second)).toContain("pensyve_recall");
    expect(second.output()).not.toContain("/oauth/authorize?");
  } finally {
    await second.stop();
    await home.remove();
  }
});

/** What a program on the other end of standard input and output sees. */
async function listTools(client: ReturnType<typeof runClient>): Promise<string[]> {
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
