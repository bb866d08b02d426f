import { generateKey } from "#lib/keys/key-format.ts";
import { expect } from "../dashboard.ts";
import { makeKey } from "../make-key.ts";
import { CLIENTS, type CommandLineClient } from "./command-line-clients.ts";
import type { RunningClient } from "./run-client.ts";
import { type Terminal, test } from "./terminal.ts";

const REFUSED = /"outcome":"refused","status":401,"reason":"unknown"/;

for (const client of CLIENTS) {
  test(`BER-11: ${client.label} says that it is connected, with a key where the connect page puts it`, async ({
    terminal,
    server,
    person,
  }) => {
    const key = await makeKey(server, person.email, client.label);
    const asked = await askWith(terminal, client, key);
    await asked.says(client.connected);
    expect(asked.output()).not.toMatch(client.refused);
  });

  test(`BER-04: ${client.label} says that a wrong key is refused, which it did send`, async ({ terminal, server }) => {
    const before = server.output().length;
    // Well-formed, and nobody's.
    const asked = await askWith(terminal, client, generateKey());
    await asked.says(client.refused);
    expect(asked.output()).not.toMatch(client.connected);
    // Its line may reach this process after the answer reached the client.
    await expect.poll(() => server.output().slice(before)).toMatch(REFUSED);
  });
}

/** Configures the client as the connect page says, and has it look at the server. */
async function askWith(terminal: Terminal, client: CommandLineClient, key: string): Promise<RunningClient> {
  const command = await terminal.follow(client.id, "key", key);
  if (!client.ask) {
    if (command === undefined) throw new Error(`Nobody asks ${client.label}.`);
    return command;
  }
  if (command) expect(await command.ended, command.output()).toBe(0);
  return client.ask(terminal);
}
