import { Check, CircleX, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

const ICONS = { plain: Info, ok: Check, warn: TriangleAlert, bad: CircleX };

/** A remark in its own wash; `bad` is announced at once. */
export function Note({
  tone = "plain",
  isAnnounced = tone === "bad",
  icon: Icon = ICONS[tone],
  children,
}: {
  tone?: keyof typeof ICONS;
  isAnnounced?: boolean;
  icon?: LucideIcon;
  children: ReactNode;
}) {
  return (
    <div className={tone === "plain" ? "note" : `note ${tone}`} role={isAnnounced ? "alert" : undefined}>
      <Icon className="icon" aria-hidden="true" />
      <p>{children}</p>
    </div>
  );
}
