import { Fragment, type ReactNode } from "react";

export type Mark = { text: string; shown?: string | undefined };

/** Parts of a text in the accent; a part can be shown shortened. */
export function markedText(text: string, marks: readonly Mark[]): ReactNode {
  const pieces: ReactNode[] = [];
  let rest = text;
  while (rest !== "") {
    const next = firstOf(rest, marks);
    const at = next === undefined ? rest.length : rest.indexOf(next.text);
    pieces.push(rest.slice(0, at));
    if (next === undefined) break;
    pieces.push(<mark>{next.shown ?? next.text}</mark>);
    rest = rest.slice(at + next.text.length);
  }
  // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text, in their order
  return pieces.map((piece, index) => <Fragment key={index}>{piece}</Fragment>);
}

/** The mark that comes first; of several at one place the longest, since one address can begin like another. */
function firstOf(text: string, marks: readonly Mark[]): Mark | undefined {
  return marks
    .filter((mark) => mark.text !== "" && text.includes(mark.text))
    .toSorted((one, other) => text.indexOf(one.text) - text.indexOf(other.text) || other.text.length - one.text.length)
    .at(0);
}
