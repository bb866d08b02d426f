"use client";

import { usePathname, useRouter } from "next/navigation";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { KeyView } from "#lib/keys/key-view.ts";
import { CreateKeyDialog } from "./create-key-dialog.tsx";
import { EndGraceDialog } from "./end-grace-dialog.tsx";
import type { KeyActions } from "./key-actions.ts";
import { MoveGraceDialog } from "./move-grace-dialog.tsx";
import { RenameKeyDialog } from "./rename-key-dialog.tsx";
import { RevokeKeyDialog } from "./revoke-key-dialog.tsx";
import { RotateKeyDialog } from "./rotate-key-dialog.tsx";
import { type Secret, SecretReveal } from "./secret-reveal.tsx";

export const KEY_DIALOGS = ["create", "rotate", "rename", "revoke", "end", "more-time"] as const;
export type KeyDialogName = (typeof KEY_DIALOGS)[number];

type KeyDialogsValue = {
  open: (dialog: KeyDialogName, keyId?: string) => void;
  /** The name of a key that was just changed and not yet read again. */
  nameOf: (key: { id: string; name: string }) => string;
};

const KeyDialogsContext = createContext<KeyDialogsValue>({ open: () => undefined, nameOf: (key) => key.name });

export function useKeyDialogs(): KeyDialogsValue {
  return useContext(KeyDialogsContext);
}

/**
 * Holds every dialog about keys. Which one is open stands in the URL (`?dialog=revoke&key=…`), so that it can be linked, and
 * Back closes it; the reveal of a secret never does: it lives in this component's state alone.
 * The page is read again when a dialog closes, not before, so that a refresh cannot wipe a secret.
 */
export function KeyDialogs({
  keys,
  actions,
  apiUrl,
  mcpUrl,
  children,
}: {
  /** Those that the page shows. */
  keys: readonly KeyView[];
  actions: KeyActions;
  apiUrl: string;
  mcpUrl: string;
  children: ReactNode;
}) {
  const [url, setUrl] = useQueryStates(
    { dialog: parseAsStringLiteral(KEY_DIALOGS), key: parseAsString },
    { shallow: true },
  );
  const [secret, setSecret] = useState<Secret | null>(null);
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const [changedId, setChangedId] = useState<string>();

  useEffect(() => {
    const forget = () => setSecret(null);
    addEventListener("pagehide", forget);
    return () => removeEventListener("pagehide", forget);
  }, []);
  useChangedRow(changedId);

  const open = useCallback<KeyDialogsValue["open"]>(
    (dialog, keyId) => void setUrl({ dialog, key: keyId ?? null }, { history: "push" }),
    [setUrl],
  );
  const leave = useCallback(() => setUrl({ dialog: null, key: null }, { history: "replace" }), [setUrl]);
  const close = useCallback(() => void leave(), [leave]);
  const reread = useReread(url.dialog !== null);
  const closeChanged = useCallback(
    (keyId: string) => {
      setChangedId(keyId);
      // One after the other: the router gives up a reading that is under way when the address changes.
      void leave().then(reread);
    },
    [leave, reread],
  );
  const reveal = useCallback(
    (made: Secret) => {
      setSecret(made);
      close();
    },
    [close],
  );
  const value = useMemo<KeyDialogsValue>(() => ({ open, nameOf: (key) => names[key.id] ?? key.name }), [open, names]);
  const rename = useCallback((id: string, name: string | undefined) => {
    setNames(({ [id]: _, ...others }) => (name === undefined ? others : { ...others, [id]: name }));
  }, []);

  const key = keys.find(({ id }) => id === url.key);
  const onClosed = () => focusAfter(url.key);
  const common = { actions, onClose: close, onClosed };
  return (
    <KeyDialogsContext.Provider value={value}>
      {children}
      {url.dialog === "create" && (
        <CreateKeyDialog {...common} names={keys.map(({ name }) => name)} onCreated={reveal} />
      )}
      {key !== undefined && url.dialog === "rotate" && (
        <RotateKeyDialog {...common} keyView={key} onRotated={reveal} onChanged={closeChanged} />
      )}
      {key !== undefined && url.dialog === "rename" && (
        <RenameKeyDialog {...common} keyView={key} onName={rename} onChanged={closeChanged} />
      )}
      {key !== undefined && url.dialog === "revoke" && (
        <RevokeKeyDialog {...common} keyView={key} onChanged={closeChanged} />
      )}
      {key !== undefined && url.dialog === "end" && (
        <EndGraceDialog {...common} keyView={key} onChanged={closeChanged} />
      )}
      {key !== undefined && url.dialog === "more-time" && (
        <MoveGraceDialog {...common} keyView={key} onChanged={closeChanged} />
      )}
      {secret !== null && (
        <SecretReveal
          secret={secret}
          actions={actions}
          apiUrl={apiUrl}
          mcpUrl={mcpUrl}
          onClosed={() => focusAfter(secret.key.id)}
          onClose={() => {
            setSecret(null);
            setChangedId(secret.key.id);
            reread();
          }}
        />
      )}
    </KeyDialogsContext.Provider>
  );
}

/**
 * Reads the page again. Where its first address named a dialog, the router's tree holds that address, and a refresh without the
 * dialog would not match it: Next would then load the document anew, and take toasts and focus with it.
 */
function useReread(isAddressed: boolean): () => void {
  const router = useRouter();
  const path = usePathname();
  const isStuck = useRef(isAddressed);
  return useCallback(() => {
    if (!isStuck.current) return router.refresh();
    isStuck.current = false;
    const params = new URLSearchParams(location.search);
    params.delete("dialog");
    params.delete("key");
    router.replace(params.size === 0 ? path : `${path}?${params}`, { scroll: false });
  }, [router, path]);
}

/** Puts the focus where the act began: the row's menu button, else its name, else the page's title. */
function focusAfter(keyId: string | null): boolean {
  const place =
    (keyId !== null && document.querySelector<HTMLElement>(`[data-key-id="${CSS.escape(keyId)}"] [data-key-menu]`)) ||
    (keyId !== null && document.querySelector<HTMLElement>(`[data-key-id="${CSS.escape(keyId)}"] a`)) ||
    document.querySelector<HTMLElement>("[data-new-key]") ||
    document.querySelector<HTMLElement>("h1");
  place?.focus();
  return place !== null;
}

/** Washes the row of a key that was just changed, for two seconds from when it is there. */
function useChangedRow(keyId: string | undefined) {
  useEffect(() => {
    if (keyId === undefined) return;
    const mark = () => {
      const row = document.querySelector(`tr[data-key-id="${CSS.escape(keyId)}"]`);
      if (row === null || row.classList.contains("changed")) return;
      row.classList.add("changed");
      setTimeout(() => row.classList.remove("changed"), 2000);
      observer.disconnect();
    };
    const observer = new MutationObserver(mark);
    observer.observe(document.body, { childList: true, subtree: true });
    mark();
    return () => observer.disconnect();
  }, [keyId]);
}
