import { expect, test } from "vitest";
import { MemorySecrets } from "../test/memory-secrets.ts";
import { randomText } from "./pkce.ts";
import { UriAnswers } from "./uri-answers.ts";

/** As the editor gives it. */
function link(address: string) {
  return { path: new URL(address).pathname, toString: () => address };
}

test("the answer arrives in the window that asked", async () => {
  const secrets = new MemorySecrets();
  const answers = new UriAnswers(secrets);
  const state = randomText();
  const { answer } = answers.expect(state);
  const address = `vscode://pensyve.pensyve/callback?code=c&state=${state}`;
  await answers.handleUri(link(address));
  expect(String(await answer)).toBe(address);
  expect(secrets.values.size).toBe(0);
});

test("another window passes it on, and nothing of it stays", async () => {
  const secrets = new MemorySecrets();
  const [asking, other, third] = [new UriAnswers(secrets), new UriAnswers(secrets), new UriAnswers(secrets)];
  const state = randomText();
  const { answer } = asking.expect(state);
  third.expect(randomText());
  const address = `vscode://pensyve.pensyve/callback?code=c&state=${state}`;
  await other.handleUri(link(address));
  expect(String(await answer)).toBe(address);
  await expect.poll(() => secrets.values.size).toBe(0);
});

test.each([
  "vscode://pensyve.pensyve/other?state=STATE",
  "vscode://pensyve.pensyve/callback",
  "vscode://pensyve.pensyve/callback?state=",
  `vscode://pensyve.pensyve/callback?state=${"x".repeat(10_000)}`,
])("a link that is no answer is stored nowhere: %.60s", async (address) => {
  const secrets = new MemorySecrets();
  await new UriAnswers(secrets).handleUri(link(address.replace("STATE", randomText())));
  expect(secrets.values.size).toBe(0);
});

test("who stopped waiting gets nothing", async () => {
  const answers = new UriAnswers(new MemorySecrets());
  const state = randomText();
  const { answer, close } = answers.expect(state);
  close();
  await answers.handleUri(link(`vscode://pensyve.pensyve/callback?state=${state}`));
  expect(await Promise.race([answer, Promise.resolve("nothing")])).toBe("nothing");
});
