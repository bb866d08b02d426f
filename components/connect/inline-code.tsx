import { Fragment, type ReactNode } from "react";

/** A sentence whose parts between backticks are code. */
export function InlineCode({ children }: { children: string }): ReactNode {
  return children.split("`").map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one sentence, in their order
    <Fragment key={index}>{index % 2 === 1 ? <code>{piece}</code> : piece}</Fragment>
  ));
}
