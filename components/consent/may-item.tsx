import { Check, X } from "lucide-react";
import { STRIP_OPERATIONS } from "#lib/scopes.ts";

const WORDS = {
  read: { words: "Find and look at your memories", className: "r" },
  write: { words: "Store memories, and forget all about one entity", className: "w" },
} as const;

/** One thing that an app may do, in plain words and with the names of its tools. */
export function MayItem({ access }: { access: "read" | "write" }) {
  const { words, className } = WORDS[access];
  return (
    <li className={className}>
      <Check className="icon yes" aria-hidden="true" />
      <span>
        {words}
        <code>{toolNames(access)}</code>
      </span>
    </li>
  );
}

/** What full access has beside both halves. */
export function MayEdit() {
  return (
    <li className="f">
      <Check className="icon yes" aria-hidden="true" />
      <span>On REST, edit a memory and delete all</span>
    </li>
  );
}

/** What no app may do. */
export function MayNever() {
  return (
    <li>
      <X className="icon no" aria-hidden="true" />
      <span className="muted">Never: see your password, your keys or other apps</span>
    </li>
  );
}

/** "recall, inspect, status, account" */
export function toolNames(access: "read" | "write"): string {
  return STRIP_OPERATIONS.filter((operation) => operation.access === access)
    .map(({ name }) => name)
    .join(", ");
}
