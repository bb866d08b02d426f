import { z } from "zod";
import { KEY_FILTERS, KEY_SORTS, type ListKeysInput } from "#lib/keys/schemas.ts";

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

const text = (max: number) => z.string().max(max).optional().catch(undefined);

const schema = z.object({
  q: text(100),
  filter: z.enum(KEY_FILTERS).catch("all"),
  sort: z.enum(KEY_SORTS).catch("created"),
  order: z.enum(["asc", "desc"]).catch("desc"),
  cursor: text(200),
});

/** The list that an address asks for; what cannot be understood falls to its default. */
export async function readSearchParams(searchParams: SearchParams): Promise<ListKeysInput> {
  const { q, ...rest } = schema.parse(await searchParams);
  return { ...rest, query: q ?? "" };
}
