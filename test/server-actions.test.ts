import { globSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { commandLineActor } from "#lib/audit/actor.ts";
import { db, inTransaction } from "#lib/db.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { newId } from "#lib/ids.ts";
import { createKey } from "#lib/keys/create-key.ts";
import { rotateKey } from "#lib/keys/rotate-key.ts";
import { startSession } from "#lib/sessions/start-session.ts";
import { insertUser, testDatabase } from "#test/database.ts";

testDatabase();
const ORIGIN = "http://localhost:3000";
/** The request that Next would hand to an action: the stranger's browser. */
const request = { headers: new Headers({ origin: ORIGIN }), cookies: new Map<string, { value: string }>() };
vi.mock("next/headers", () => ({ headers: async () => request.headers, cookies: async () => request.cookies }));

type Ids = { keyId: string; oldKeyId: string; sessionId: string; grantId: string };
let ids: Ids;
beforeAll(async () => {
  vi.stubEnv("SECRET", "a secret that only this test knows, 32 bytes");
  vi.stubEnv("PUBLIC_URL", ORIGIN);
  const [owner, stranger] = [await insertUser(), await insertUser()];
  const actor = commandLineActor(owner.id);
  const old = await createKey(actor, { name: "theirs", scope: "mcp", expiry: { kind: "never" } });
  const { key } = await rotateKey(actor, { keyId: old.key.id, gracePeriodSeconds: 3600 });
  const theirs = await inTransaction((tx) => startSession(tx, owner.id, {}, new Date()));
  const grantId = newId();
  const app = { clientId: "app", clientName: "theirs", trust: "server", scope: "mcp", payload: {} };
  const expiresAt = new Date(Date.now() + 3_600_000);
  await db().oAuthGrant.create({ data: { id: grantId, userId: owner.id, ...app, redeemedAt: new Date(), expiresAt } });
  ids = { keyId: key.id, oldKeyId: old.key.id, sessionId: theirs.id, grantId };
  const mine = await inTransaction((tx) => startSession(tx, stranger.id, {}, new Date()));
  request.cookies.set("pensyve-session", { value: mine.token });
});
afterAll(closeAcknowledgements);

/** What each action gets of another user's; `takesNoId` for those that can only act on the signed-in user. */
const TAKES_NO_ID = "takes no id";
const INPUTS: Record<string, ((ids: Ids) => object) | typeof TAKES_NO_ID> = {
  createKeyAction: TAKES_NO_ID,
  rotateKeyAction: ({ keyId }) => ({ keyId, gracePeriodSeconds: 60 }),
  renameKeyAction: ({ keyId }) => ({ keyId, name: "mine" }),
  revokeKeyAction: ({ keyId }) => ({ keyId, typedName: "theirs" }),
  endGraceAction: ({ oldKeyId }) => ({ keyId: oldKeyId }),
  moveGraceAction: ({ oldKeyId }) => ({ keyId: oldKeyId, until: new Date(Date.now() + 7_200_000) }),
  readKeyUseAction: ({ keyId }) => ({ keyId }),
  findFirstRequestAction: ({ keyId }) => ({ client: "cursor", method: "key", since: new Date(), keyId }),
  findEarlierRequestAction: ({ keyId }) => ({ client: "cursor", method: "key", since: new Date(), keyId }),
  withdrawGrantAction: ({ grantId }) => ({ grantId }),
  withdrawProductAction: ({ grantId }) => ({ grantId }),
  withdrawAllAction: TAKES_NO_ID,
  endSessionAction: ({ sessionId }) => ({ sessionId }),
  changeNameAction: TAKES_NO_ID,
  endOtherSessionsAction: TAKES_NO_ID,
  changePasswordAction: TAKES_NO_ID,
  // A code of a device, which is nobody's before it is entered.
  enterCodeAction: TAKES_NO_ID,
  setupAction: TAKES_NO_ID,
  signInAction: TAKES_NO_ID,
  signOutAction: TAKES_NO_ID,
};

const files = globSync("app/**/actions.ts");
const modules: Record<string, unknown>[] = await Promise.all(
  files.map((file) => import(/* @vite-ignore */ resolve(file))),
);
const actions = Object.assign({}, ...modules) as Record<string, (input: object) => Promise<unknown>>;

test("every server action is in the table of this test", () => {
  expect(files.length).toBeGreaterThan(3);
  expect(Object.keys(actions).sort()).toEqual(Object.keys(INPUTS).sort());
});

const snapshot = async () =>
  JSON.stringify([
    await db().apiKey.findMany({ orderBy: { id: "asc" } }),
    await db().oAuthGrant.findMany({ orderBy: { id: "asc" } }),
    await db().session.findMany({ orderBy: { id: "asc" }, omit: { lastSeenAt: true } }),
    await db().auditEvent.count(),
    await db().credentialEvent.findMany({ select: { type: true, subjectId: true } }),
  ]);

const taking = Object.entries(INPUTS).flatMap(([name, input]) => (input === TAKES_NO_ID ? [] : [{ name, input }]));
test.each(taking)(
  "attack 10: the server action $name with another user's id: 404, and nothing changes",
  async ({ name, input }) => {
    const before = await snapshot();
    const answer = await actions[name]?.(input(ids));
    expect(answer).toMatchObject({ ok: false, error: { code: expect.stringMatching(/_not_found$/) } });
    expect(await snapshot()).toBe(before);
  },
);
