import { cleanText } from "#lib/foreign-text.ts";

/** Text that others chose: cleaned, and unable to turn the direction of what stands beside it. */
export function ForeignText({ children, max = 64 }: { children: string; max?: number }) {
  return <bdi>{cleanText(children, max)}</bdi>;
}
