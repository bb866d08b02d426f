"use client";

import { type ReactNode, useRef } from "react";
import { CopyButton } from "./copy-button.tsx";

/**
 * Text to take away, in a box that scrolls. `caption`: the file's path, or "Terminal". `name`: of the box and of its button, which
 * is "Copy {name}". `shown`: secrets shortened, accents marked. `text`: what is copied, the whole.
 */
export function CodeBox({
  caption,
  name,
  text,
  shown,
  onCopied,
}: {
  caption: string;
  name: string;
  text: string;
  shown: ReactNode;
  onCopied?: () => void;
}) {
  const content = useRef<HTMLElement>(null);
  return (
    <div className="code">
      <header>
        <span>{caption}</span>
        <CopyButton
          text={text}
          what={name}
          variant="quiet"
          size="small"
          selectable={content}
          {...(onCopied === undefined ? {} : { onCopied })}
        />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls sideways must take the keyboard (WCAG 2.1.1) */}
      <section className="code-box" tabIndex={0} aria-label={name}>
        <pre>
          <code ref={content}>{shown}</code>
        </pre>
      </section>
    </div>
  );
}
