import type { ReactNode } from "react";
import { signOutAction } from "#app/sign-in/actions.ts";
import { Shell } from "#components/shell/shell.tsx";
import { requireUser } from "#lib/session/require-user.ts";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const { user } = await requireUser();
  return (
    <Shell person={{ email: user.email, name: user.name }} signOut={signOutAction}>
      {children}
    </Shell>
  );
}
