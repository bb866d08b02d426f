import { Blocks, KeyRound, Logs, type LucideIcon, Plug, Settings } from "lucide-react";

/** The pages that exist, in the order of the rail. `keys`: the second key after g. */
export const NAV_ITEMS: readonly { href: string; label: string; icon: LucideIcon; keys: string }[] = [
  { href: "/keys", label: "API keys", icon: KeyRound, keys: "k" },
  { href: "/apps", label: "Connected apps", icon: Blocks, keys: "a" },
  { href: "/connect", label: "Connect a client", icon: Plug, keys: "c" },
  { href: "/activity", label: "Activity", icon: Logs, keys: "l" },
  { href: "/settings", label: "Settings", icon: Settings, keys: "s" },
];
