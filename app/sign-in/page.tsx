import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { FocusPage } from "#components/shell/focus-page.tsx";
import { SignInForm } from "#components/sign-in/sign-in-form.tsx";
import { Note } from "#components/ui/note.tsx";
import { env } from "#lib/env.ts";
import { findUser } from "#lib/session/require-user.ts";
import { safeReturnTo } from "#lib/session/return-to.ts";
import { hasUsers } from "#lib/users/list-users.ts";
import { signInAction } from "./actions.ts";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<{ returnTo?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  const { returnTo } = await searchParams;
  const target = safeReturnTo(typeof returnTo === "string" ? returnTo : undefined);
  if (await findUser()) redirect(target);
  return (
    <FocusPage host={new URL(env().publicUrl).host}>
      <div className="stack loose">
        <h1 tabIndex={-1}>Sign in</h1>
        {!(await hasUsers()) && (
          <Note>There is no account yet. Open the link that the server printed when it started.</Note>
        )}
        <SignInForm action={signInAction} returnTo={target} />
      </div>
    </FocusPage>
  );
}
