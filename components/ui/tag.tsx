import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** A short word in a box: scopes in mono; `text` for words. */
export function Tag({ tone, children }: { tone?: "text" | "ok" | "warn"; children: ReactNode }) {
  return <span className={cn("tag", tone !== undefined && "text", tone !== "text" && tone)}>{children}</span>;
}
