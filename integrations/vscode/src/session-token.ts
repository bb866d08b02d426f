import * as vscode from "vscode";
import { Canceled, isCanceled } from "./refusals.ts";
import { FULL_SCOPE } from "./sessions.ts";

export const PROVIDER_ID = "pensyve";
const DETAIL = "Your browser opens, and you choose there what the editor may do.";

/** The access token of the editor's session. Asks the person to sign in when there is none; undefined when they do not want to. */
export async function sessionToken(): Promise<string | undefined> {
  try {
    const options = { createIfNone: { detail: DETAIL } };
    return (await vscode.authentication.getSession(PROVIDER_ID, [FULL_SCOPE], options)).accessToken;
  } catch (error) {
    if (isCanceled(error)) return undefined;
    throw error;
  }
}

/** Signs in anew, whoever is signed in. @throws Canceled when the person does not want to */
export async function newSession(): Promise<vscode.AuthenticationSession> {
  try {
    return await vscode.authentication.getSession(PROVIDER_ID, [FULL_SCOPE], { forceNewSession: { detail: DETAIL } });
  } catch (error) {
    throw isCanceled(error) ? new Canceled() : error;
  }
}
