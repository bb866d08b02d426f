import type { ReactNode } from "react";
import { ThemeButton } from "#components/ui/theme-button.tsx";
import { Account, type Person } from "./account.tsx";
import { Brand } from "./brand.tsx";
import { Nav } from "./nav.tsx";
import { SheetMenu } from "./sheet-menu.tsx";
import { Shortcuts } from "./shortcuts.tsx";

/** The frame of signed-in pages: rail from 861 px, top bar below. `signOut` ends the session and goes to the sign-in page. */
export function Shell({
  person,
  signOut,
  children,
}: {
  person: Person;
  signOut: () => Promise<void>;
  children: ReactNode;
}) {
  return (
    <Shortcuts>
      <div className="shell">
        <header className="topbar">
          <Brand href="/keys" />
          <span className="row tight">
            <ThemeButton />
            <SheetMenu person={person} signOut={signOut} />
          </span>
        </header>
        <header className="rail">
          <Brand href="/keys" />
          <Nav label="Main" />
          <div className="rail-foot">
            <Account person={person} signOut={signOut} />
          </div>
        </header>
        <main className="main" id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
    </Shortcuts>
  );
}
