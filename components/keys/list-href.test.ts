import { expect, test } from "vitest";
import { listHref } from "./list-href.ts";

test("an address names only what differs from the default", () => {
  const plain = { query: "", filter: "all", sort: "created", order: "desc", cursor: undefined } as const;
  expect(listHref(plain)).toBe("/keys");
  expect(listHref({ ...plain, query: "a & b", filter: "in_use", sort: "last_used", order: "asc", cursor: "c" })).toBe(
    "/keys?q=a+%26+b&filter=in_use&sort=last_used&order=asc&cursor=c",
  );
});
