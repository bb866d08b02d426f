"use client";

import { Tabs } from "radix-ui";
import type { ReactNode } from "react";
import { CodeBox } from "./code-box.tsx";

export type Snippet = {
  label: string;
  /** The file's path, or "Terminal". */
  caption: string;
  /** What is shown: secrets shortened, accents marked. */
  shown: ReactNode;
  /** What is copied: the whole text. */
  text: string;
};

/** Snippets ready to paste, one tab each. `onCopied` gets the snippet that was copied. */
export function CodeTabs({
  name,
  snippets,
  onCopied,
}: {
  name: string;
  snippets: readonly Snippet[];
  onCopied?: (snippet: Snippet) => void;
}) {
  return (
    <Tabs.Root defaultValue={tabValue(snippets[0])}>
      <Tabs.List className="tabs" aria-label={name}>
        {snippets.map((snippet) => (
          <Tabs.Trigger key={snippet.label} value={tabValue(snippet)}>
            {snippet.label}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {snippets.map((snippet) => (
        <Tabs.Content key={snippet.label} value={tabValue(snippet)} tabIndex={-1}>
          <CodeBox
            caption={snippet.caption}
            name={`${snippet.label}, ${snippet.caption}`}
            text={snippet.text}
            shown={snippet.shown}
            onCopied={() => onCopied?.(snippet)}
          />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

/** Part of the ids that Radix makes, so without spaces: `aria-controls` is a list. */
function tabValue(snippet: Snippet | undefined): string {
  return (snippet?.label ?? "").replaceAll(" ", "-");
}
