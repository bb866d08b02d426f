import type { Answer } from "#components/ui/answer.ts";

type Act<Data> = (input: unknown) => Promise<Answer<Data>>;

/** The server actions behind the settings; the page hands them over. Each checks session and input itself. */
export type SettingsActions = {
  changeName: Act<{ name: string | null }>;
  changePassword: Act<null>;
  endSession: Act<void>;
  endOtherSessions: Act<{ ended: number }>;
};
