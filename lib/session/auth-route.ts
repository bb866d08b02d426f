import type { NextRequest } from "next/server";
import NextAuth from "next-auth/next";
import { errorAnswer } from "#lib/errors.ts";
import { log } from "#lib/log.ts";
import { authOptions } from "./auth-options.ts";

/** What next-auth serves while there are no providers; with its method. */
const ACTIONS: ReadonlyMap<string, string> = new Map([
  ["session", "GET"],
  ["csrf", "GET"],
  ["providers", "GET"],
  ["signout", "POST"],
]);

export type AuthContext = { params: Promise<{ nextauth: string[] }> };

/**
 * next-auth's endpoints, reduced to what is in use: sign-in pages are ours, and `GET signout` would show a form of its own.
 * Hostile headers and bodies get a 4xx, never a 500 (GHSA-xmf8-cvqr-rfgj).
 */
export async function authRoute(request: NextRequest, context: AuthContext): Promise<Response> {
  const { nextauth } = await context.params;
  const [action = "", ...rest] = nextauth;
  if (rest.length > 0 || ACTIONS.get(action) !== request.method) return refusal("not_found");
  try {
    const response: Response = await NextAuth(request, context, authOptions());
    return response.status < 500 ? response : refusal("invalid_request");
  } catch (error) {
    log.warn("next-auth refused a request", { action, reason: String(error) });
    return refusal("invalid_request");
  }
}

function refusal(code: "not_found" | "invalid_request"): Response {
  const { status, message } = errorAnswer(code);
  return Response.json({ error: code, message }, { status });
}
