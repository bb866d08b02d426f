import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ADMINISTRATOR, expect, test } from "./fixtures.ts";
import { makeKey } from "./make-key.ts";

const SOURCES = join(import.meta.dirname, "..", "sdk", "typescript", "src");

/** The web server of an app that has the SDK among its modules: an origin other than Pensyve's. */
async function appServer(): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(async (request, response) => {
    const name = /^\/sdk\/([a-z-]+\.ts)$/.exec(request.url ?? "")?.[1];
    if (name === undefined)
      return response.setHeader("Content-Type", "text/html").end("<!doctype html><title>App</title>");
    const module = stripTypeScriptTypes(await readFile(join(SOURCES, name), "utf8"));
    return response.setHeader("Content-Type", "text/javascript").end(module);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listener on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("a page of another origin reads and writes memories with the SDK, and is told what a key may not do", async ({
  page,
  server,
}) => {
  await using app = await appServer();
  const full = await makeKey(server, ADMINISTRATOR.email, "SDK in a browser");
  const readOnly = await makeKey(server, ADMINISTRATOR.email, "SDK in a browser, reads", "mcp:read");
  await page.goto(app.url);
  const seen = await page.evaluate(
    async ({ baseUrl, apiKey, narrowKey, address }) => {
      const { Pensyve, PermissionError } = await import(address);
      const pensyve = new Pensyve({ baseUrl, apiKey, namespace: "browser" });
      const episode = await pensyve.startEpisode(["user"]);
      await episode.addMessage("user", "My flight leaves at nine.");
      const { outcome } = await episode.end();
      const { id } = await pensyve.remember({ entity: "ada", fact: "likes tea" });
      await pensyve.editMemory(id, { content: "likes green tea" });
      const { memories } = await pensyve.recall("tea", { types: ["semantic"] });
      const { forgottenCount } = await pensyve.forget("ada");
      const narrow = new Pensyve({ baseUrl, apiKey: narrowKey });
      const refusal = await narrow.remember({ entity: "ada", fact: "likes tea" }).catch((error: unknown) => error);
      const contents = memories.map(({ content }: { content: string }) => content);
      return { outcome, contents, forgottenCount, scope: refusal instanceof PermissionError && refusal.requiredScope };
    },
    { baseUrl: server.url, apiKey: full, narrowKey: readOnly, address: `${app.url}/sdk/index.ts` },
  );
  expect(seen).toEqual({ outcome: "success", contents: ["likes green tea"], forgottenCount: 1, scope: "mcp:write" });
});
