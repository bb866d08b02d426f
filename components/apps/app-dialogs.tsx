"use client";

import { usePathname, useRouter } from "next/navigation";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef } from "react";
import type { Answer } from "#components/ui/answer.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import type { ProductView } from "#lib/grants/group-grants.ts";
import { WithdrawDialog, type WithdrawSubject } from "./withdraw-dialog.tsx";

const DIALOGS = ["withdraw", "withdraw-product", "withdraw-all"] as const;
type AppDialogName = (typeof DIALOGS)[number];

/** What the dialogs call; each checks session, input and owner for itself. */
export type AppActions = {
  one: (input: { grantId: string }) => Promise<Answer<{ receipt: Receipt }>>;
  product: (input: { grantId: string }) => Promise<Answer<{ receipt: Receipt }>>;
  all: (input: object) => Promise<Answer<{ receipt: Receipt }>>;
};

type AppDialogsValue = {
  open: (dialog: AppDialogName, grantId?: string) => void;
};

const AppDialogsContext = createContext<AppDialogsValue>({ open: () => undefined });

export function useAppDialogs(): AppDialogsValue {
  return useContext(AppDialogsContext);
}

/**
 * Holds the dialogs about apps. Which one is open stands in the URL (`?dialog=withdraw&app=…`), so that it can be linked, and Back
 * closes it. The page is read again when the dialog closes.
 */
export function AppDialogs({
  products,
  actions,
  children,
}: {
  products: readonly ProductView[];
  actions: AppActions;
  children: ReactNode;
}) {
  const [url, setUrl] = useQueryStates(
    { dialog: parseAsStringLiteral(DIALOGS), app: parseAsString },
    { shallow: true },
  );
  const reread = useReread(url.dialog !== null);
  const open = useCallback<AppDialogsValue["open"]>(
    (dialog, grantId) => void setUrl({ dialog, app: grantId ?? null }, { history: "push" }),
    [setUrl],
  );
  const close = useCallback(() => setUrl({ dialog: null, app: null }, { history: "replace" }), [setUrl]);
  const value = useMemo<AppDialogsValue>(() => ({ open }), [open]);

  const what = url.dialog === null ? undefined : subjectOf(url.dialog, url.app, products, actions);
  return (
    <AppDialogsContext.Provider value={value}>
      {children}
      {what !== undefined && (
        <WithdrawDialog
          key={`${url.dialog} ${url.app}`}
          subject={what}
          onClose={() => void close()}
          // One after the other: the router gives up a reading that is under way when the address changes.
          onDone={() => void close().then(reread)}
          onClosed={() => focusAfter(url.app)}
        />
      )}
    </AppDialogsContext.Provider>
  );
}

/** What an open dialog is about; undefined for an app that is not on the page. */
function subjectOf(
  dialog: AppDialogName,
  grantId: string | null,
  products: readonly ProductView[],
  actions: AppActions,
): WithdrawSubject | undefined {
  if (dialog === "withdraw-all") {
    if (products.length === 0) return undefined;
    const installations = products.flatMap((product) => product.installations);
    return { products, installations, run: () => actions.all({}) };
  }
  const product = products.find(({ installations }) => installations.some(({ id }) => id === grantId));
  const one = product?.installations.find(({ id }) => id === grantId);
  if (!product || !one) return undefined;
  const input = { grantId: one.id };
  if (dialog === "withdraw") return { products: [product], installations: [one], run: () => actions.one(input) };
  return { products: [product], installations: product.installations, run: () => actions.product(input) };
}

/**
 * Reads the page again. Where its first address named a dialog, the router's tree holds that address, and a refresh without the
 * dialog would not match it: Next would then load the document anew, and the place of the focus would be lost.
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
    params.delete("app");
    router.replace(params.size === 0 ? path : `${path}?${params}`, { scroll: false });
  }, [router, path]);
}

/** Puts the focus where the act began: the row's button, else the button above the list, else the page's title. */
function focusAfter(grantId: string | null): boolean {
  const row = grantId === null ? null : `tr[data-app-id="${CSS.escape(grantId)}"] [data-withdraw]`;
  const place =
    (row !== null && document.querySelector<HTMLElement>(row)) ||
    document.querySelector<HTMLElement>("[data-withdraw-all]") ||
    document.querySelector<HTMLElement>("h1");
  place?.focus();
  return place !== null;
}
