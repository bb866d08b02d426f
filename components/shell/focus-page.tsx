import type { ReactNode } from "react";
import { ThemeButton } from "#components/ui/theme-button.tsx";
import { Brand } from "./brand.tsx";

/** A page without the shell: sign-in, set-up, consent, errors. `host`: of this server, at the foot. `isTop`: long pages begin at the top. */
export function FocusPage({ host, isTop = false, children }: { host: string; isTop?: boolean; children: ReactNode }) {
  return (
    <div className="focus">
      <header>
        <Brand />
        <ThemeButton />
      </header>
      <main id="main" tabIndex={-1} className={isTop ? "top" : undefined}>
        {children}
      </main>
      <footer>{host}</footer>
    </div>
  );
}
