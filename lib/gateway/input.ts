import { z } from "zod";
import { isId } from "#lib/ids.ts";
import { DEFAULT_NAMESPACE } from "#lib/memory/vocabulary.ts";

/**
 * Fields of operations' inputs. Clients send `null` for what they do not set, so everything optional is nullish.
 * Length and content of texts are the memory store's to check.
 */
const UINT32_MAX = 4_294_967_295;
const TOOL_LIMIT_MAX = 100;

/** A text that must be there; may be empty. */
export const text = z.string();
export const optionalText = z.string().nullish();
/** A list of texts that must be there; may be empty. */
export const texts = z.array(z.string());
export const optionalTexts = z.array(z.string()).nullish();
export const optionalCount = z.int().min(0).max(UINT32_MAX).meta({ format: "uint32" }).nullish();
/** A number from 0 to 1. */
export const optionalFraction = z.number().min(0).max(1).meta({ format: "double" }).nullish();
export const optionalBoolean = z.boolean().nullish();
/** Which part of the user's memories a read sees; without one it sees all. So does what deletes. */
export const namespace = z.string().nullish().describe("Part of your memories; all of them when absent.");
/** Which part of the user's memories a write goes to. */
export const namespaceToWrite = z
  .string()
  .nullish()
  .describe(`Part of your memories that it goes to; ${DEFAULT_NAMESPACE} when absent.`);

/** An id of this server. `label` is how the message calls it: `Invalid episode_id: '…'`. */
export const idText = (label: string) =>
  z.string().refine(isId, { error: ({ input }) => `Invalid ${label}: '${String(input).slice(0, 64)}'` });

/** How many rows: any number from 0, `usual` when absent. */
export const limit = (usual: number) => optionalCount.transform((value) => value ?? usual);
/** The same for tools, whose limits are moved into 1 to 100. */
export const toolLimit = (usual: number) =>
  optionalCount.transform((value) => Math.min(Math.max(value ?? usual, 1), TOOL_LIMIT_MAX));

/** Absent, as the memory store spells it. */
export function given<Value>(value: Value | null | undefined): Value | undefined {
  return value ?? undefined;
}
