import { ExternalLink } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { CodeBox } from "#components/ui/code-box.tsx";
import { Note } from "#components/ui/note.tsx";
import { SAMPLE_KEY, type Snippet, type System } from "#lib/connect/snippet.ts";
import { InlineCode } from "./inline-code.tsx";
import { KeyInHand } from "./key-in-hand.tsx";
import type { MadeKey } from "./made-key.ts";
import { type Mark, markedText } from "./marked-text.tsx";

/** What to put where: the button, the variable, the text, and what to do next. `marks`: what is this server's in the texts. */
export function SetupSteps({
  label,
  snippet,
  system,
  marks,
  keyChoice,
}: {
  label: string;
  snippet: Snippet;
  system: System;
  marks: readonly Mark[];
  /** How far the key is at hand; undefined with OAuth. */
  keyChoice: { made: MadeKey | undefined } | undefined;
}) {
  const { environment, deepLink, askedFor } = snippet;
  const terminal = system === "windows" ? "PowerShell" : "Terminal";
  return (
    <>
      {keyChoice !== undefined && <KeyInHand made={keyChoice.made} isSampled={hasSample(snippet)} />}
      {environment !== undefined && (
        <>
          <p className="small muted">Put the key into its variable:</p>
          <CodeBox
            caption={terminal}
            name="variable"
            text={environment.text}
            shown={markedText(environment.text, marks)}
          />
        </>
      )}
      {deepLink !== undefined && (
        <div className="row tight wrap">
          <Button variant="primary" asChild>
            <a href={deepLink.url}>
              <ExternalLink className="icon" aria-hidden="true" />
              {deepLink.label}
            </a>
          </Button>
        </div>
      )}
      {snippet.before !== undefined && (
        <p className="small muted any">
          <InlineCode>{snippet.before}</InlineCode>
        </p>
      )}
      {snippet.kind !== "form" && (
        <p className="small muted any">
          <Where snippet={snippet} hasButton={deepLink !== undefined} />
        </p>
      )}
      <CodeBox
        caption={snippet.path ?? caption(snippet, terminal)}
        name={`${snippet.kind === "file" ? "configuration" : "text"} for ${label}`}
        text={snippet.text}
        shown={markedText(snippet.text, marks)}
      />
      {askedFor !== undefined && keyChoice?.made !== undefined && (
        <CodeBox caption={`When ${label} asks`} name="key" text={askedFor} shown={markedText(askedFor, marks)} />
      )}
      {snippet.after !== undefined && (
        <p className="small any">
          <InlineCode>{snippet.after}</InlineCode>
        </p>
      )}
      {snippet.notes.map((note) => (
        <Note key={note}>
          <InlineCode>{note}</InlineCode>
        </Note>
      ))}
    </>
  );
}

function Where({ snippet, hasButton }: { snippet: Snippet; hasButton: boolean }) {
  switch (snippet.kind) {
    case "file":
      return hasButton ? (
        <>
          Or put this into <code>{snippet.path}</code> yourself:
        </>
      ) : (
        <>
          Put this into <code>{snippet.path}</code>:
        </>
      );
    case "command":
      return "Run this:";
    case "code":
      return "Use this in your program:";
    case "form":
      return null;
  }
}

/** Whether something stands in the place of a key. */
function hasSample({ text, environment }: Snippet): boolean {
  return `${text}${environment?.text ?? ""}`.includes(SAMPLE_KEY);
}

const LANGUAGES: Record<string, string> = { typescript: "TypeScript", python: "Python", go: "Go" };

function caption({ kind, format }: Snippet, terminal: string): string {
  if (kind === "command") return terminal;
  return LANGUAGES[format] ?? "Address";
}
