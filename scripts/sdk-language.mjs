import { spawnSync } from "node:child_process";

/** What each SDK needs of its language; its version is the first number in what the command says. */
const LANGUAGES = {
  python: { commands: ["python3", "python"], args: ["--version"], least: [3, 9] },
  go: { commands: ["go"], args: ["version"], least: [1, 22] },
};

/**
 * How the language is run on this machine.
 * @param {"python" | "go"} language
 * @returns {{ command: string, version: string } | { absence: string }} the line that says why there is none.
 */
export function findLanguage(language) {
  const { commands, args, least } = LANGUAGES[language];
  const old = [];
  for (const command of commands) {
    const { stdout, status } = spawnSync(command, args, {
      encoding: "utf8",
      env: { ...process.env, GOTOOLCHAIN: "local" },
    });
    const version = /\d+\.\d+(\.\d+)?/.exec(status === 0 ? stdout : "")?.[0];
    if (version === undefined) continue;
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major > least[0] || (major === least[0] && minor >= least[1])) return { command, version };
    old.push(version);
  }
  const what = old.length > 0 ? `only ${old.join(", ")} is on this machine` : "not on this machine";
  return { absence: `${language}: ${what}; its tests did not run. They need ${least.join(".")} or newer.` };
}
