import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** What a verb answers: the document that --json prints, and the same for people. */
export type Answer = {
  json: unknown;
  text: string;
  /** Said beside the answer, on standard error. */
  warning?: string | undefined;
  /** The answer is printed all the same, but the exit status is 1. */
  isFailure?: boolean;
};

/** Where the person is: relative file names start there. */
type Surroundings = { folder: string };

export type Verb = {
  /** The words that call it and what they take: "key rotate ID [--grace 24h]". */
  usage: string;
  summary: string;
  run(argv: readonly string[], surroundings: Surroundings): Promise<Answer>;
};

/** A command that was written wrongly: its message says how to write it. */
export class UsageError extends Error {
  override name = "UsageError";
}

type Definition<Options extends ParseArgsOptionsConfig> = {
  usage: string;
  summary: string;
  options: Options;
  /** Whether one word may stand beside the options. */
  takesId?: true;
  run(given: Given<Options>, surroundings: Surroundings): Promise<Answer>;
};

type Given<Options extends ParseArgsOptionsConfig> = {
  values: ReturnType<typeof parseArgs<{ options: Options; strict: true; allowPositionals: true }>>["values"];
  /** The one word after the verb, an id; undefined when there is none. */
  id: string | undefined;
};

/** Puts a verb into the form that the table of verbs holds: strict about options, at most one word beside them. */
export function defineVerb<const Options extends ParseArgsOptionsConfig>(definition: Definition<Options>): Verb {
  const { usage, summary, options, takesId } = definition;
  return {
    usage,
    summary,
    run: (argv, surroundings) => {
      const { values, positionals, tokens } = parse(usage, argv, options);
      const names = tokens.flatMap((token) =>
        token.kind === "option" && options[token.name]?.multiple !== true ? [token.name] : [],
      );
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice) throw new UsageError(`--${twice} is given twice. Write: ${usage}`);
      if (positionals.length > (takesId ? 1 : 0)) {
        throw new UsageError(`${JSON.stringify(positionals.at(-1))} is one word too many. Write: ${usage}`);
      }
      return definition.run({ values, id: positionals[0] }, surroundings);
    },
  };
}

/** The value of an option that must be there. @throws UsageError */
export function required(value: string | undefined, name: string, usage: string): string {
  if (value === undefined || value === "") throw new UsageError(`${name} is missing. Write: ${usage}`);
  return value;
}

function parse<const Options extends ParseArgsOptionsConfig>(usage: string, argv: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: true, tokens: true });
  } catch (error) {
    const [reason] = String((error as Error).message).split(/[.\n]/, 1);
    throw new UsageError(`${reason}. Write: ${usage}`);
  }
}
