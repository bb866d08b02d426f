import { z } from "zod";

const schema = z.object({
  direction: z.enum(["next", "previous"]),
  sort: z.coerce.date(),
  headId: z.uuid(),
  depth: z.int().min(0).max(1000),
});

/** Where a page of keys begins: after (or before) this row. */
export type KeyCursor = z.infer<typeof schema>;

/** Makes the opaque text of a cursor; holds no more than the page itself shows. */
export function encodeCursor(cursor: KeyCursor): string {
  const { direction, sort, headId, depth } = cursor;
  return Buffer.from(JSON.stringify({ direction, sort, headId, depth })).toString("base64url");
}

/** Reads {@link encodeCursor}'s text; undefined for anything else. */
export function decodeCursor(text: string | undefined): KeyCursor | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(Buffer.from(text, "base64url").toString("utf8"))).data;
  } catch {
    return undefined; // not JSON: somebody typed it
  }
}
