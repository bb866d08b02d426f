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

/** The operator at the command line, acting on one user's things. */
export function commandLineActor(userId: string): Actor {
  return { kind: "command_line", userId, isAdministrator: true };
}
