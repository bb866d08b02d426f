import { allowInBrowser } from "../allow.ts";
import { expect } from "../dashboard.ts";
import { SIGN_IN } from "./command-line-clients.ts";
import { AUTHORIZATION_URL } from "./run-client.ts";
import { test } from "./terminal.ts";

for (const client of SIGN_IN) {
  test(`AUT-01 BER-01: ${client.label}, without a key where the connect page leaves it out, asks to sign in, sends the person to the consent, and is connected after it`, async ({
    terminal,
    page,
    server,
    person: _,
  }) => {
    // Some start slowly, and Gemini CLI more than once.
    test.slow();
    const command = await terminal.follow(client.id, "oauth");
    if (command) expect(await command.ended, command.output()).toBe(0);
    await client.ask(terminal).says(client.asksToSignIn);

    const signIn = await client.signIn(terminal);
    const address = await signIn.says(AUTHORIZATION_URL);
    expect(new URL(address).searchParams.get("client_id")).toMatch(client.identity);
    await allowInBrowser(page, address);
    await signIn.says(client.signedIn);

    await client.ask(terminal).says(client.connected);
    await page.goto(`${server.url}/apps`);
    await expect(page.getByRole("rowheader")).toHaveText(client.product);
  });
}
