"use client";

import { Tabs } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { CopyButton } from "./copy-button.tsx";

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
          <Code snippet={snippet} onCopied={() => onCopied?.(snippet)} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

function Code({ snippet, onCopied }: { snippet: Snippet; onCopied: () => void }) {
  const shown = useRef<HTMLElement>(null);
  const name = `${snippet.label}, ${snippet.caption}`;
  return (
    <div className="code">
      <header>
        <span>{snippet.caption}</span>
        <CopyButton
          text={snippet.text}
          what={name}
          variant="quiet"
          size="small"
          selectable={shown}
          onCopied={onCopied}
        />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls sideways must take the keyboard (WCAG 2.1.1) */}
      <section className="code-box" tabIndex={0} aria-label={name}>
        <pre>
          <code ref={shown}>{snippet.shown}</code>
        </pre>
      </section>
    </div>
  );
}

/** Part of the ids that Radix makes, so without spaces: `aria-controls` is a list. */
function tabValue(snippet: Snippet | undefined): string {
  return (snippet?.label ?? "").replaceAll(" ", "-");
}
