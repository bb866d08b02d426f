import { AuthenticationError, ConnectionError, Pensyve, PermissionError } from "../../../sdk/typescript/src/index.ts";
import type { CredentialStore } from "./credential-store.ts";
import { Canceled, Refusal } from "./refusals.ts";
import { FULL_SCOPE, type Sessions } from "./sessions.ts";

export type ServerOptions = {
  store: CredentialStore;
  sessions: Pick<Sessions, "renew">;
  server: () => string;
  namespace: () => string | undefined;
  /** A session's access token, as the editor's authentication API gives it; undefined when the person does not want to sign in. */
  sessionToken: () => Promise<string | undefined>;
};

export type CallServer = <T>(work: (pensyve: Pensyve) => Promise<T>) => Promise<T>;

/**
 * Runs `work` with a client of the server that is set: with the stored API key, else with a session, which the person is asked for.
 * An access token that the server refuses is renewed once. What fails says what to do next.
 * @throws Canceled when nobody signs in; Refusal
 */
export function callServer(options: ServerOptions): CallServer {
  return async (work) => {
    const server = options.server();
    const client = (apiKey: string) => new Pensyve({ baseUrl: server, apiKey, namespace: options.namespace() });
    const stored = await options.store.read(server);
    if (stored?.kind === "api_key") {
      return work(client(stored.key)).catch((error) => {
        throw explained(error, server, "api_key");
      });
    }
    const token = await options.sessionToken();
    if (token === undefined) throw new Canceled();
    try {
      return await work(client(token)).catch(async (error) => {
        if (!(error instanceof AuthenticationError)) throw error;
        const renewed = await options.sessions.renew(token);
        if (renewed === undefined) throw new Canceled();
        return work(client(renewed));
      });
    } catch (error) {
      throw explained(error, server, "oauth");
    }
  };
}

/** Whether the server honors the key, and how it says so. @throws Refusal when it does not */
export async function checkKey(server: string, key: string): Promise<void> {
  await new Pensyve({ baseUrl: server, apiKey: key, retries: 0 }).me().catch((error) => {
    throw explained(error, server, "api_key");
  });
}

/** What the person can do about it. Anything else goes on as it is. */
function explained(error: unknown, server: string, kind: "api_key" | "oauth"): unknown {
  const options = { cause: error };
  if (error instanceof ConnectionError) {
    const message = `${server} cannot be reached. Start the server, or check pensyve.serverUrl.`;
    return new Refusal(message, "open_settings", options);
  }
  if (error instanceof AuthenticationError && kind === "api_key") {
    const message = "The server refuses the API key: it is mistyped, revoked or expired. Sign in again.";
    return new Refusal(message, "sign_in_with_key", options);
  }
  if (error instanceof AuthenticationError) {
    return new Refusal("The server refuses the sign-in. Sign in again.", "sign_in", options);
  }
  if (error instanceof PermissionError) {
    const scope = error.requiredScope ?? FULL_SCOPE;
    return kind === "oauth"
      ? new Refusal(`This needs ${scope}, which you did not allow. Sign in again and allow it.`, "sign_in", options)
      : new Refusal(`This needs a key with the scope ${scope}.`, "sign_in_with_key", options);
  }
  return error;
}
