import { DomainError } from "#lib/errors.ts";

/** How an account comes to be. */
export type SignUpPath = "setup" | "command_line";

/**
 * The one rule about who may make accounts; every path asks it, inside its transaction.
 * - `setup`: the first account only, and not with SIGN_UP=closed.
 * - `command_line`: always; whoever can run it owns the machine.
 * There is no other path: until an administrator exists nothing else could be allowed, and afterwards SIGN_UP=first means by invitation.
 * @throws DomainError 'setup_link_dead' (there is an account), 'sign_up_closed'
 */
export function mayCreateUser(path: SignUpPath, state: { signUp: "first" | "closed"; hasUsers: boolean }): void {
  switch (path) {
    case "command_line":
      return;
    case "setup":
      if (state.hasUsers) throw new DomainError("setup_link_dead");
      if (state.signUp === "closed") throw new DomainError("sign_up_closed");
      return;
    default:
      path satisfies never;
  }
}
