import { isValidElement, type ReactElement, type ReactNode } from "react";
import { expect, it } from "vitest";
import { markedText } from "./marked-text.tsx";

/** The text as it is seen; marks in brackets. */
function seen(node: ReactNode): string {
  if (Array.isArray(node)) return node.map(seen).join("");
  if (!isValidElement(node)) return String(node ?? "");
  const { type, props } = node as ReactElement<{ children?: ReactNode }>;
  return type === "mark" ? `[${seen(props.children)}]` : seen(props.children);
}

it.each([
  { text: "nothing to mark", marks: [{ text: "else" }], expected: "nothing to mark" },
  { text: "url: a/mcp, a", marks: [{ text: "a" }], expected: "url: [a]/mcp, [a]" },
  { text: "a/mcp and a", marks: [{ text: "a" }, { text: "a/mcp" }], expected: "[a/mcp] [a]nd [a]" },
  { text: "Bearer secret", marks: [{ text: "secret", shown: "se…" }, { text: "" }], expected: "Bearer [se…]" },
  { text: "${X} $X", marks: [{ text: "$X" }, { text: "${X}" }], expected: "[${X}] [$X]" },
])("marks $expected", ({ text, marks, expected }) => {
  expect(seen(markedText(text, marks))).toBe(expected);
});

it("a secret that is shown shortened is nowhere in what is rendered", () => {
  const shown = seen(markedText("key=secret; again secretsecret", [{ text: "secret", shown: "…" }]));
  expect(shown).not.toContain("secret");
});
