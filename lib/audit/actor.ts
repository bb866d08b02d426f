/** Who an audit row names, and for whom a domain function acts. */
export type Actor = {
  /** 'user' in a browser, 'command_line' for the operator, 'system' for the server itself. */
  kind: "user" | "command_line" | "system";
  /** The user whose things are touched: the owner in every `where`. */
  userId: string;
  /** Whether that user is an administrator; the command line is. */
  isAdministrator: boolean;
  /** The browser session it acts in: the one that "all other sessions" leaves alone. */
  sessionId?: string | undefined;
  address?: string | undefined;
  userAgent?: string | undefined;
};

/** Who acts on the server itself, such as its signing keys: no user's things are touched. */
export type Operator = Omit<Actor, "userId"> & { userId: null };

/** The operator at the command line, acting on the server itself. */
export const OPERATOR: Operator = { kind: "command_line", userId: null, isAdministrator: true };

/** The operator at the command line, acting on one user's things. */
export function commandLineActor(userId: string): Actor {
  return { kind: "command_line", userId, isAdministrator: true };
}
