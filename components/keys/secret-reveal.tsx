"use client";

import { Download } from "lucide-react";
import Link from "next/link";
import { type ClipboardEvent, useCallback, useEffect, useRef, useState } from "react";
import { carryKey } from "#components/connect/made-key.ts";
import { useAnnounce } from "#components/ui/announcer.tsx";
import { Button } from "#components/ui/button.tsx";
import { useClock } from "#components/ui/clock.tsx";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Dialog, DialogBody, DialogFoot } from "#components/ui/dialog.tsx";
import { systemOf } from "#lib/connect/system-of.ts";
import type { KeyView } from "#lib/keys/key-view.ts";
import { SCOPE_WORDS } from "#lib/scopes.ts";
import { weekdayWords } from "#lib/time-words.ts";
import { CloseWithoutCopying } from "./close-without-copying.tsx";
import { downloadEnv } from "./download-env.ts";
import { FirstRequest } from "./first-request.tsx";
import type { KeyActions } from "./key-actions.ts";
import { keySnippets } from "./key-snippets.tsx";
import { prefixWords } from "./status-words.ts";

/** A key that can be read now and never again. `predecessor`: the key that it replaced. */
export type Secret = { key: KeyView; plaintext: string; predecessor: KeyView | undefined };

const PREFIX_LENGTH = 4;
const CHECKSUM_LENGTH = 6;

/**
 * Shows the key. It counts as taken when it was copied (by button, by hand, within a command) or downloaded; closing or
 * leaving before that asks once.
 */
export function SecretReveal({
  secret,
  actions,
  apiUrl,
  mcpUrl,
  onClose,
  onClosed,
}: {
  secret: Secret;
  actions: KeyActions;
  apiUrl: string;
  mcpUrl: string;
  onClose: () => void;
  onClosed: () => boolean;
}) {
  const { key, plaintext, predecessor } = secret;
  const [isTaken, setIsTaken] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  const field = useRef<HTMLElement>(null);
  const announce = useAnnounce();
  const { now, zone } = useClock();
  const take = useCallback(() => setIsTaken(true), []);
  useLeaveQuestion(!isTaken);
  const onCopyByHand = (event: ClipboardEvent<HTMLElement>) => {
    // As text alone, without the colors of its parts.
    event.preventDefault();
    event.clipboardData.setData("text/plain", getSelection()?.toString() ?? "");
    take();
  };
  const close = () => (isTaken ? onClose() : setIsAsking(true));

  return (
    <Dialog
      isOpen
      onClose={close}
      onClosed={onClosed}
      title={predecessor === undefined ? "Copy your key now" : "Copy your new key now"}
      description={
        <>
          This is the only time it is shown. If you lose it, rotate the key to get a new one.
          {predecessor?.worksUntil != null && predecessor.worksUntil > now && (
            <>
              {" "}
              The old one, <code>{prefixWords(predecessor)}</code>, works until{" "}
              {weekdayWords(predecessor.worksUntil, now, zone)}.
            </>
          )}
        </>
      }
      width="wide"
      firstFocus="[data-acts] button"
    >
      <DialogBody>
        <div className="stack tight">
          <div className="secret">
            <code className="value" ref={field} onCopy={onCopyByHand}>
              <span className="p">{plaintext.slice(0, PREFIX_LENGTH)}</span>
              {plaintext.slice(PREFIX_LENGTH, -CHECKSUM_LENGTH)}
              <span className="c">{plaintext.slice(-CHECKSUM_LENGTH)}</span>
            </code>
            <p className="parts">
              <span className="p">prefix</span>
              <span>{plaintext.length - PREFIX_LENGTH - CHECKSUM_LENGTH} random characters</span>
              <span className="c">{CHECKSUM_LENGTH} of checksum</span>
            </p>
          </div>
          <div className="row between wrap">
            <span className="row tight" data-acts>
              <CopyButton
                text={plaintext}
                what="the key"
                variant={isTaken ? undefined : "primary"}
                selectable={field}
                onCopied={take}
              />
              <Button
                onClick={() => {
                  downloadEnv(plaintext, apiUrl);
                  announce("Downloaded");
                  take();
                }}
              >
                <Download className="icon" aria-hidden="true" />
                Download .env
              </Button>
            </span>
            <span className="small any">
              {key.name} <span className="muted">· {SCOPE_WORDS[key.scope].label}</span>
            </span>
          </div>
        </div>
        <CodeTabs
          name="Ready to paste"
          snippets={keySnippets({
            plaintext,
            prefix: prefixWords(key),
            apiUrl,
            mcpUrl,
            system: systemOf(navigator.userAgent),
          })}
          onCopied={(snippet) => (snippet.text.includes(plaintext) ? take() : undefined)}
        />
        <FirstRequest keyId={key.id} actions={actions} />
      </DialogBody>
      <DialogFoot>
        <Button asChild>
          <Link
            prefetch={false}
            href="/connect?with=key"
            onClick={() => carryKey({ id: key.id, name: key.name, plaintext, prefix: prefixWords(key) })}
          >
            Connect a client
          </Link>
        </Button>
        <Button variant={isTaken ? "primary" : "default"} onClick={close}>
          I have copied it
        </Button>
      </DialogFoot>
      {isAsking && <CloseWithoutCopying onGoBack={() => setIsAsking(false)} onClose={onClose} />}
    </Dialog>
  );
}

/** The browser's own question before the tab closes or goes elsewhere. */
function useLeaveQuestion(isOn: boolean) {
  useEffect(() => {
    if (!isOn) return;
    const onBeforeUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", onBeforeUnload);
    return () => removeEventListener("beforeunload", onBeforeUnload);
  }, [isOn]);
}
