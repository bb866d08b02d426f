import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { beforeAll, expect, test } from "vitest";
import { OPERATOR } from "#lib/audit/actor.ts";
import { createClient } from "#lib/clients/create-client.ts";
import { db } from "#lib/db.ts";
import { setRequestAddress } from "#lib/server/client-address.ts";
import { REDIRECT_URI, testAuthorizationServer } from "#test/authorization-server.ts";
import { authorizeForm } from "#test/authorize-request.ts";
import { testDatabase } from "#test/database.ts";
import { secondsUntilNext } from "./request-bounds.ts";

testDatabase();
// One proxy, so that tests can come from addresses of their own.
const server = testAuthorizationServer({ TRUST_PROXY: "1" });
let clientId = "";
beforeAll(async () => {
  const facts = { name: "Client", redirectUris: [REDIRECT_URI], isConfidential: false, isResourceServer: false };
  clientId = (await createClient(OPERATOR, facts)).id;
});

type Sent = {
  changes?: Record<string, string>;
  address?: string;
  accept?: string;
  /** Before each request. */
  before?: () => void;
};
const FORM = "application/x-www-form-urlencoded";

/** The same request as a query, as a posted form, pushed, and as a device's. */
async function begin({ changes = {}, address = "198.51.100.1", accept = "application/json", before }: Sent) {
  const headers = { accept, "x-forwarded-for": address };
  const form = authorizeForm(server.url(), clientId, changes);
  const device = new URLSearchParams({ client_id: clientId, ...changes });
  const post = (path: string, body: URLSearchParams) => {
    before?.();
    return fetch(server.url() + path, {
      method: "POST",
      redirect: "manual",
      headers: { ...headers, "content-type": FORM },
      body,
    });
  };
  before?.();
  const answers = [
    await fetch(`${server.url()}/oauth/authorize?${form}`, { redirect: "manual", headers }),
    await post("/oauth/authorize", form),
    await post("/oauth/par", form),
    await post("/oauth/device", device),
  ];
  return await Promise.all(
    answers.map(async (answer) => ({
      status: answer.status,
      headers: answer.headers,
      text: await answer.text(),
    })),
  );
}
const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status);
const stored = () => db().oAuthArtifact.count();

test("attack 20: what one address may begin is limited at all three endpoints together, and others are not held up", async () => {
  const request = new IncomingMessage(new Socket());
  setRequestAddress(request, "198.51.100.7");
  // In an hour, so that nothing comes back meanwhile.
  const later = Date.now() + 3_600_000;
  let taken = 0;
  const use = () => {
    while (secondsUntilNext(request, later) === 0) taken += 1;
  };
  use();
  expect(taken).toBe(2_000);
  const before = await stored();
  const refused = await begin({ address: "198.51.100.7", before: use });
  expect(statuses(refused)).toEqual([429, 429, 429, 429]);
  for (const { headers, text } of refused) {
    expect(Number(headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(JSON.parse(text)).toMatchObject({ error: "temporarily_unavailable" });
  }
  const [page] = await begin({ address: "198.51.100.7", accept: "text/html,*/*", before: use });
  expect([page?.status, page?.text, Number(page?.headers.get("retry-after"))]).toEqual([429, "a page", 1]);
  expect(await stored()).toBe(before);
  expect(statuses(await begin({ address: "198.51.100.8" }))).toEqual([303, 303, 201, 200]);
});

test("attack 20: parameters of more than 8 KiB together are refused, and nothing of them is kept", async () => {
  expect(statuses(await begin({ changes: { state: "x".repeat(7_000) } }))).toEqual([303, 303, 201, 200]);
  const before = await stored();
  const refused = await begin({ changes: { state: "x".repeat(8_192) } });
  expect(statuses(refused)).toEqual([400, 400, 400, 400]);
  for (const { headers, text } of refused) {
    expect(headers.get("location")).toBeNull();
    expect(JSON.parse(text)).toMatchObject({
      error: "invalid_request",
      error_description: expect.stringContaining("8 KiB"),
    });
  }
  const [page] = await begin({ changes: { state: "x".repeat(8_192) }, accept: "text/html" });
  expect([page?.status, page?.text]).toEqual([400, "a page"]);
  expect(await stored()).toBe(before);
});

test.each(["state", "login_hint", "nonce", "scope", "client_id", "made_up"])(
  "attack 27: a NUL in %s is 400 invalid_request, never a failure of ours",
  async (name) => {
    const refused = await begin({ changes: { [name]: "a\0b" } });
    expect(statuses(refused)).toEqual([400, 400, 400, 400]);
    for (const { text } of refused) expect(JSON.parse(text)).toMatchObject({ error: "invalid_request" });
    const [page] = await begin({ changes: { [name]: "a\0b" }, accept: "text/html" });
    expect([page?.status, page?.text]).toEqual([400, "a page"]);
  },
);

test("attack 27: half a surrogate pair in a form is no failure, and a percent sign before 00 is no NUL", async () => {
  const halves = `client_id=${clientId}&scope=mcp&login_hint=%ED%A0%80&state=%ED%A0%80`;
  const answer = await fetch(`${server.url()}/oauth/device`, {
    method: "POST",
    headers: { "content-type": FORM },
    body: halves,
  });
  expect(answer.status).toBe(200);
  expect(statuses(await begin({ changes: { state: "%00" } }))).toEqual([303, 303, 201, 200]);
});
