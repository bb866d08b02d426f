import { expect, test } from "vitest";
import { testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { documentHost } from "#test/document-host.ts";
import { sendRpc } from "#test/gateway.ts";
import { chatgpt } from "./chatgpt.ts";
import { claudeAi } from "./claude-ai.ts";
import { claudeCode } from "./claude-code.ts";
import { cline } from "./cline.ts";
import { codex } from "./codex.ts";
import { cursor } from "./cursor.ts";
import { geminiCli } from "./gemini-cli.ts";
import { inspector } from "./inspector.ts";
import { mcpRemote } from "./mcp-remote.ts";
import { opencode } from "./opencode.ts";
import { introduce, replay, waysToAsk } from "./replay.ts";
import { sdkV2 } from "./sdk-v2.ts";
import { vsCode } from "./vs-code.ts";
import { windsurf } from "./windsurf.ts";

testDatabase();
const host = documentHost();
const server = testAuthorizationServer({}, host.fetch);

const CLIENTS = [
  { fixture: claudeCode, ids: "S01 S02 S04 S07" },
  { fixture: claudeAi, ids: "REG-03 S05 S16" },
  { fixture: vsCode, ids: "CIM-09 S19" },
  { fixture: cursor, ids: "REG-05 S03" },
  { fixture: cline, ids: "REG-06" },
  { fixture: windsurf, ids: "REG-06" },
  { fixture: chatgpt, ids: "TOK-02 S20" },
  { fixture: codex, ids: "AUT-11 S07" },
  { fixture: geminiCli, ids: "REG-05" },
  { fixture: opencode, ids: "CIM-10" },
  { fixture: mcpRemote, ids: "TOK-02" },
  { fixture: inspector, ids: "REG-08" },
  { fixture: sdkV2, ids: "RES-02 S25" },
];

test.each(CLIENTS)(
  "$ids: $fixture.name goes from its registration to tools and on, in each of its ways",
  async ({ fixture }) => {
    const user = await insertUser();
    const clients = await introduce(fixture, server, host);
    const used = new Set<string>();
    for (const client of clients) {
      const ways = waysToAsk(fixture, client);
      expect(ways.length).toBeGreaterThan(0);
      for (const asked of ways) {
        const { tokens, location, refresh } = await replay(server, client, user.id, asked, fixture.parameters);
        used.add(asked.redirectUri);
        expect(location.href.startsWith(asked.redirectUri)).toBe(true);
        expect(location.searchParams.get("iss")).toBe(server.url());
        expect(tokenClaims(tokens.access_token)).toMatchObject({ aud: `${server.url()}/mcp`, sub: user.id });
        expect((await sendRpc(server.url(), tokens.access_token, "tools/list")).status).toBe(200);
        const refreshed = await refresh(tokens.refresh_token);
        expect(refreshed.status).toBe(200);
        expect((await sendRpc(server.url(), refreshed.json.access_token, "tools/list")).status).toBe(200);
      }
    }
    // Nothing that the fixture names was left out.
    const { document = [], registered } = fixture.redirectUris;
    expect([...used].sort()).toEqual([...new Set([...document, ...registered])].sort());
  },
);
