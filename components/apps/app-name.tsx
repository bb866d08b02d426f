import { BadgeCheck, ServerCog, ShieldQuestionMark } from "lucide-react";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { trustWords } from "./app-words.ts";

const ICONS: Readonly<Record<string, typeof BadgeCheck>> = { verified: BadgeCheck, server: ServerCog };

/** What an app is called; a name that nobody has checked stands in “quotes”. */
export function AppName({ clientName, trust }: { clientName: string; trust: string }) {
  if (trust !== "unverified") return <ForeignText>{clientName}</ForeignText>;
  return (
    <>
      “<ForeignText>{clientName}</ForeignText>”
    </>
  );
}

/** How far the name can be believed: shape and words. */
export function AppTrust({ trust, clientHost }: { trust: string; clientHost: string | null }) {
  const Icon = ICONS[trust] ?? ShieldQuestionMark;
  return (
    <span className={trust === "unverified" ? "sub trust unverified" : "sub trust"}>
      <Icon className="icon" aria-hidden="true" />
      {trustWords({ trust, clientHost })}
    </span>
  );
}
