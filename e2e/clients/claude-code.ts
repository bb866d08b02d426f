import { AUTHORIZATION_URL, clientHome, installedCommand, runProgram } from "./run-client.ts";
import { scriptedModel, type Turn } from "./scripted-model.ts";

export type Finished = { status: number; output: string };
export type Session = {
  /** The tools that the model called and the person was not there to allow. */
  refused: string[];
  /** What tools answered, in order. */
  results: string[];
  /** Whether the model was shown a text: in a prompt, among its tools, or as a result. */
  showed(text: string): boolean;
};

/** Claude Code in a home of its own and an otherwise empty environment. */
export type ClaudeCode = {
  home: string;
  /** Runs `claude ...args` to its end. */
  run(args: readonly string[], env?: Record<string, string>): Promise<Finished>;
  /** Pastes lines into a shell that finds `claude`. */
  paste(lines: string, env?: Record<string, string>): Promise<Finished>;
  /** `claude mcp login`, with the person's part in `consent`. @returns what the terminal showed */
  login(name: string, consent: (authorizationUrl: string) => Promise<void>): Promise<Finished>;
  /** One prompt in a session without a person, with a model that takes `turns`. */
  ask(prompt: string, turns: readonly Turn[], env?: Record<string, string>): Promise<Session>;
  remove(): Promise<void>;
};

export async function claudeCode(): Promise<ClaudeCode> {
  const { path: home, remove } = await clientHome();
  const claude = installedCommand("claude");
  const finish = async (program: string, args: readonly string[], env: Record<string, string> = {}) => {
    const client = runProgram(program, args, home, env);
    client.closeInput();
    return { status: await client.ended, output: client.output() };
  };
  const run: ClaudeCode["run"] = (args, env) => finish(claude, args, env);
  return {
    home,
    run,
    paste: (lines, env) => finish("/bin/sh", ["-e", "-c", lines], env),
    async login(name, consent) {
      // It wants a terminal, which `script` gives it.
      const command = [claude, "mcp", "login", name, "--no-browser"].map(quoted).join(" ");
      const login = runProgram("/usr/bin/script", ["-qfec", command, "/dev/null"], home);
      try {
        await consent(await login.says(AUTHORIZATION_URL));
        return { status: await login.ended, output: login.output() };
      } finally {
        await login.stop();
      }
    },
    async ask(prompt, turns, env) {
      const model = await scriptedModel(turns);
      try {
        const account = { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: "none", ...env };
        const { status, output } = await run(["-p", prompt, "--output-format", "json"], account);
        if (status !== 0) throw new Error(`claude -p ended with ${status}:\n${output}`);
        const answer: { permission_denials: { tool_name: string }[] } = JSON.parse(output);
        const refused = answer.permission_denials.map(({ tool_name }) => tool_name);
        const seen = model.seen();
        return { refused, results: model.results(), showed: (text) => seen.includes(text) };
      } finally {
        model.close();
      }
    },
    remove,
  };
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
