import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { recordSecret } from "#test/run-record.ts";
import { allowInBrowser } from "./allow.ts";
import { callbackServer } from "./callback-server.ts";
import { expect, seedPerson, signInAs, test } from "./dashboard.ts";
import { OAuthMemory } from "./oauth-memory.ts";
import { serverWithClock } from "./server-with-clock.ts";

const HOUR_MS = 3_600_000;
const IDENTITY = { name: "sdk-walk", version: "1.0.0" };

/** One connection with the SDK's client of that version. */
const connections = {
  "1.32.2": (url: URL, memory: OAuthMemory) => {
    const transport = new TransportV1(url, { authProvider: memory });
    const client = new ClientV1(IDENTITY);
    return {
      client,
      transport,
      connect: () => client.connect(transport),
      finish: (back: URL) => transport.finishAuth(back.searchParams.get("code") ?? ""),
    };
  },
  "2.4.0": (url: URL, memory: OAuthMemory) => {
    const transport = new TransportV2(url, { authProvider: memory });
    const client = new ClientV2(IDENTITY);
    return {
      client,
      transport,
      connect: () => client.connect(transport),
      finish: (back: URL) => transport.finishAuth(back.searchParams),
    };
  },
} as const;

for (const [version, open] of Object.entries(connections)) {
  test(`AUT-01 TOK-02 BER-04, seed 07: the official SDK ${version} goes from 401 to tools with a consent in the browser, and renews its token by itself`, async ({
    browser,
  }) => {
    const { server, moveClock } = await serverWithClock();
    const callback = await callbackServer();
    const context = await browser.newContext();
    try {
      const person = await seedPerson(server, "empty");
      await signInAs(context, server, person);
      const memory = new OAuthMemory(callback.url);
      const url = new URL(`${server.url}/mcp`);

      // No token: 401, discovery, registration, and the browser is asked for.
      const first = open(url, memory);
      await expect(first.connect()).rejects.toThrow(/unauthorized/i);
      const [authorizationUrl] = memory.authorizationUrls;
      expect(authorizationUrl?.searchParams.get("resource")).toBe(`${server.url}/mcp`);
      const page = await context.newPage();
      await allowInBrowser(page, authorizationUrl ?? "");
      await first.finish(await callback.answer);

      // With the token: tools.
      const second = open(url, memory);
      await second.connect();
      const { tools } = await second.client.listTools();
      expect(tools.map(({ name }) => name)).toContain("pensyve_recall");
      const before = memory.tokens()?.access_token ?? "";
      recordSecret(before);
      recordSecret(memory.tokens()?.refresh_token ?? "");
      expect(memory.tokens()).toMatchObject({ token_type: expect.stringMatching(/^bearer$/i), scope: "mcp" });

      // An hour later the token has expired: the SDK gets 401, refreshes silently, and the call succeeds.
      await moveClock(HOUR_MS + 10_000);
      const result = await second.client.callTool({
        name: "pensyve_remember",
        arguments: { fact: "The ferry leaves at noon", entity: "ferry" },
      });
      expect(result.isError ?? false).toBe(false);
      expect(memory.saved).toHaveLength(2);
      expect(memory.tokens()?.access_token).not.toBe(before);
      expect(memory.authorizationUrls).toHaveLength(1);
      await second.client.close();
    } finally {
      await context.close();
      callback.close();
      await server.stop();
    }
  });
}
