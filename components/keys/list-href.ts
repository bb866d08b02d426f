import type { ListKeysInput } from "#lib/keys/schemas.ts";

/** The address of a list of keys; defaults are left out. */
export function listHref({ query, filter, sort, order, cursor }: ListKeysInput): string {
  const params = new URLSearchParams();
  if (query !== "") params.set("q", query);
  if (filter !== "all") params.set("filter", filter);
  if (sort !== "created") params.set("sort", sort);
  if (order !== "desc") params.set("order", order);
  if (cursor !== undefined) params.set("cursor", cursor);
  return params.size === 0 ? "/keys" : `/keys?${params}`;
}
