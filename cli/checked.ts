import type { z } from "zod";
import { UsageError } from "./verb.ts";

/**
 * What the schema makes of an input whose fields come from options.
 * @throws UsageError naming the option and what it must be.
 */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  options: Readonly<Record<string, string>>,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0] ?? "");
  throw new UsageError(`${options[field] ?? field}: ${issue?.message ?? "not valid"}`);
}
