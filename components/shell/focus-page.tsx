import type { ReactNode } from "react";
import { ThemeButton } from "#components/ui/theme-button.tsx";
import { Brand } from "./brand.tsx";

/** A page without the shell: sign-in, set-up, errors. `host`: of this server, at the foot. */
export function FocusPage({ host, children }: { host: string; children: ReactNode }) {
  return (
    <div className="focus">
      <header>
        <Brand />
        <ThemeButton />
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer>{host}</footer>
    </div>
  );
}
