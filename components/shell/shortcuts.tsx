"use client";

import { useRouter } from "next/navigation";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogFoot } from "#components/ui/dialog.tsx";
import { isForPage } from "./is-for-page.ts";
import { NAV_ITEMS } from "./nav-items.ts";

const ShortcutListContext = createContext<{ open: () => void }>({ open: () => undefined });

/** Opens the list of shortcuts. */
export function useShortcutList(): { open: () => void } {
  return useContext(ShortcutListContext);
}

const ON_KEYS: readonly [string, string][] = [
  ["c", "New key"],
  ["/", "Search the page"],
  ["j or ↓", "Next row"],
  ["k or ↑", "Previous row"],
  ["Enter", "Open the row"],
  ["r", "Rotate the row’s key"],
  ["e", "Rename the row’s key"],
  ["Shift R", "Revoke the row’s key"],
  ["Shift W", "Withdraw the row’s app"],
  ["Esc", "Close the top layer, leave search"],
];

/** `g` and a letter within a second goes to a page; `?` shows the list. Only outside fields and dialogs. */
export function Shortcuts({ children }: { children: ReactNode }) {
  const router = useRouter();
  const [isOpen, setIsOpen] = useState(false);

  useEffect(() => {
    let goUntil = 0;
    function onKeyDown(event: KeyboardEvent) {
      if (!isForPage(event)) return;
      if (event.key === "?") {
        event.preventDefault();
        setIsOpen(true);
        return;
      }
      if (event.timeStamp < goUntil) {
        const item = NAV_ITEMS.find((entry) => entry.keys === event.key);
        goUntil = 0;
        if (item !== undefined) {
          event.preventDefault();
          router.push(item.href);
        }
        return;
      }
      if (event.key === "g") goUntil = event.timeStamp + 1000;
    }
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [router]);

  const value = useMemo(() => ({ open: () => setIsOpen(true) }), []);
  const close = () => setIsOpen(false);
  return (
    <ShortcutListContext.Provider value={value}>
      {children}
      <Dialog isOpen={isOpen} onClose={close} title="Keyboard shortcuts" width="narrow" firstFocus="h2">
        <DialogBody>
          <dl className="rowsheet">
            {NAV_ITEMS.map((item) => (
              <ShortcutRow key={item.href} keys={`g ${item.keys}`} words={item.label} />
            ))}
            {ON_KEYS.map(([keys, words]) => (
              <ShortcutRow key={keys} keys={keys} words={words} />
            ))}
            <ShortcutRow keys="?" words="This list" />
          </dl>
        </DialogBody>
        <DialogFoot>
          <Button onClick={close}>Close</Button>
        </DialogFoot>
      </Dialog>
    </ShortcutListContext.Provider>
  );
}

function ShortcutRow({ keys, words }: { keys: string; words: string }) {
  return (
    <div>
      <dt>
        <kbd className="inline">{keys}</kbd>
      </dt>
      <dd>{words}</dd>
    </div>
  );
}
