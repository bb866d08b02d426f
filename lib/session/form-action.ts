import { headers } from "next/headers";
import type { z } from "zod";
import { DomainError } from "#lib/errors.ts";
import { isOwnOrigin } from "./own-origin.ts";
import { type ActionResult, answered, parsed } from "./user-action.ts";

/**
 * The action of a plain form that nobody has to be signed in for: Origin is ours (SIG-07), the input has the schema's form, and
 * refusals are returned to be shown in it. Everybody else uses `userAction()`.
 */
export function formAction<Schema extends z.ZodType, Output>(
  schema: Schema,
  input: z.input<Schema>,
  run: (input: z.output<Schema>) => Promise<Output>,
): Promise<ActionResult<Output>> {
  return answered(async () => {
    if (!isOwnOrigin(await headers())) throw new DomainError("foreign_form");
    return await run(parsed(schema, input));
  });
}

/** A form field as text; a file or a missing field is "". */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}
