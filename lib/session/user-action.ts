import { headers } from "next/headers";
import type { z } from "zod";
import type { Actor } from "#lib/audit/actor.ts";
import { DomainError, isDomainError } from "#lib/errors.ts";
import { log } from "#lib/log.ts";
import { isOwnOrigin } from "./own-origin.ts";
import { findUser } from "./require-user.ts";

/** An expected refusal as it crosses to the browser: what to say, and what a form needs beside it. */
export type ActionError = { code: string; message: string; details: Readonly<Record<string, string | number>> };
export type ActionResult<Output> = { ok: true; data: Output } | { ok: false; error: ActionError };

/**
 * Makes a server action of a domain function. An action is a public endpoint, so each call checks, in this order: Origin is ours
 * (SIG-07), somebody is signed in, the input has the schema's form. The actor always comes from the session, never from the input.
 * Refusals are returned: 'foreign_form', 'signed_out', 'invalid_input' (with `details.field`), and every DomainError of `run`.
 * Anything else is logged and thrown, and becomes a 500.
 */
export function userAction<Schema extends z.ZodType, Output>(
  schema: Schema,
  run: (actor: Actor, input: z.output<Schema>) => Promise<Output>,
): (input: unknown) => Promise<ActionResult<Output>> {
  return (input) =>
    answered(async () => {
      if (!isOwnOrigin(await headers())) throw new DomainError("foreign_form");
      const signedIn = await findUser();
      if (!signedIn) throw new DomainError("signed_out");
      return await run(signedIn.actor, parsed(schema, input));
    });
}

/** Turns a DomainError into a result; logs and rethrows what nobody expected. Redirects of Next pass through. */
export async function answered<Output>(work: () => Promise<Output>): Promise<ActionResult<Output>> {
  try {
    return { ok: true, data: await work() };
  } catch (error) {
    if (isDomainError(error)) {
      const { code, message, details } = error;
      return { ok: false, error: { code, message, details } };
    }
    if (!isNextSignal(error)) log.error("Action failed", { reason: String(error) });
    throw error;
  }
}

/** Checks input that came from outside. @throws DomainError 'invalid_input' naming the first wrong field. */
export function parsed<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join(".") ?? "";
  throw new DomainError("invalid_input", { message: issue?.message ?? "", details: { field } });
}

/** redirect() and notFound() work by throwing. */
function isNextSignal(error: unknown): boolean {
  return typeof error === "object" && error !== null && String(Reflect.get(error, "digest")).startsWith("NEXT_");
}
