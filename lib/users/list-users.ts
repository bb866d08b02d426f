import { db } from "#lib/db.ts";

export type ListedUser = {
  id: string;
  email: string;
  name: string | null;
  isAdministrator: boolean;
  createdAt: Date;
  disabledAt: Date | null;
};

/** All accounts, oldest first; for the command line and administrators. Never a hash. */
export async function listUsers(): Promise<ListedUser[]> {
  return await db().user.findMany({
    select: { id: true, email: true, name: true, isAdministrator: true, createdAt: true, disabledAt: true },
    orderBy: { createdAt: "asc" },
  });
}

/** Whether anybody has an account here: before that, only the set-up link leads in. */
export async function hasUsers(): Promise<boolean> {
  return (await db().user.findFirst({ select: { id: true } })) !== null;
}
