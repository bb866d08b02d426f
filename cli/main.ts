import { flushLog, redact, setLogLevel, setLogStream } from "#lib/log.ts";
import { refusalOf } from "./refusal.ts";
import { findVerb, HELP } from "./verbs.ts";

setLogStream("stderr");
setLogLevel("error");

const [folder = "", ...argv] = process.argv.slice(2);
const isJson = argv.includes("--json");
const words = argv.filter((word) => word !== "--json");

try {
  if (words.length === 0 || words.includes("--help") || words.includes("-h")) await end(process.stdout, HELP, 0);
  const { verb, rest } = findVerb(words);
  const answer = await verb.run(rest, { folder });
  if (answer.warning) process.stderr.write(`Warning: ${answer.warning}\n`);
  await end(process.stdout, isJson ? JSON.stringify(answer.json) : answer.text, answer.isFailure ? 1 : 0);
} catch (error) {
  const refusal = refusalOf(error);
  // A wrong word is repeated, and it may be a key that was pasted where an id belongs.
  await end(process.stderr, redact(isJson ? JSON.stringify(refusal) : refusal.message), 1);
}

/** Writes the one thing that is said, and ends once it is out. */
async function end(stream: NodeJS.WriteStream, text: string, status: number): Promise<never> {
  flushLog();
  stream.once("error", () => process.exit(status)); // nobody reads any more
  await new Promise((resolve) => stream.write(`${text}\n`, resolve));
  process.exit(status);
}
