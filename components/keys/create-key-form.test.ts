import { expect, test } from "vitest";
import { createKeyFormSchema, expiryOf } from "./create-key-form.ts";

const fields = { name: " ci\u200b recall ", scope: "mcp:read", expires: "90", date: "" } as const;

test("the choices become the expiry rule that rotation keeps", () => {
  expect(expiryOf({ expires: "never", date: "" })).toEqual({ kind: "never" });
  expect(expiryOf({ expires: "30", date: "" })).toEqual({ kind: "lifetime", seconds: 30 * 86_400 });
  expect(expiryOf({ expires: "90", date: "2020-01-01" })).toEqual({ kind: "lifetime", seconds: 90 * 86_400 });
  const dated = expiryOf({ expires: "date", date: "2030-05-04" });
  expect(dated).toEqual({ kind: "date", at: new Date(2030, 4, 4, 23, 59) });
});

test("the name is cleaned, and a date must lie ahead", () => {
  expect(createKeyFormSchema.parse(fields).name).toBe("ci recall");
  for (const date of ["", "2020-01-01", "tomorrow"]) {
    const result = createKeyFormSchema.safeParse({ ...fields, expires: "date", date });
    expect(result.error?.issues[0]?.message).toBe("Choose a day after today.");
  }
  expect(createKeyFormSchema.safeParse({ ...fields, expires: "date", date: "2099-01-01" }).success).toBe(true);
  expect(createKeyFormSchema.safeParse({ ...fields, name: " \u200b " }).error?.issues[0]?.message).toBe(
    "Give the key a name, so that you find it again.",
  );
});
