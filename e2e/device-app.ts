import { recordSecret } from "#test/run-record.ts";
import type { RunningServer } from "./fixtures.ts";

/** A device without a browser: it asks for a code, shows it, and polls. */
export type Device = {
  userCode: string;
  /** The address that it may show as a QR code. */
  completeUrl: string;
  /** One request for tokens; never sooner than it may. */
  poll(): Promise<{ status: number; body: Record<string, string> }>;
};

/** Starts a device, of a client “Pensyve Terminal” that the operator adds for it unless told otherwise. */
export async function startDevice(server: RunningServer, knownId?: string): Promise<Device> {
  const clientId = knownId ?? (await addTerminal(server));
  const asked = await post(server, "/oauth/device", { client_id: clientId });
  if (asked.status !== 200) throw new Error(`No device code: ${asked.status} ${JSON.stringify(asked.body)}`);
  const { device_code = "", user_code = "", verification_uri_complete = "", interval } = asked.body;
  recordSecret(device_code);
  let nextAt = 0;
  return {
    userCode: user_code,
    completeUrl: verification_uri_complete,
    poll: async () => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextAt - Date.now())));
      nextAt = Date.now() + Number(interval) * 1_000;
      const answer = await post(server, "/oauth/token", {
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        client_id: clientId,
        device_code,
      });
      for (const name of ["access_token", "refresh_token"]) if (answer.body[name]) recordSecret(answer.body[name]);
      return answer;
    },
  };
}

async function addTerminal(server: RunningServer): Promise<string> {
  const redirect = ["--redirect-uri", "http://127.0.0.1/callback"];
  return JSON.parse(await server.cli(["client", "create", "--name", "Pensyve Terminal", ...redirect, "--json"])).id;
}

async function post(server: RunningServer, path: string, form: Record<string, string>) {
  const response = await fetch(server.url + path, { method: "POST", body: new URLSearchParams(form) });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}
