import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { block } from "../../../test/seed-blocks.ts";

const { url, keys } = inject("server");
const run = promisify(execFile);
const source = fileURLToPath(new URL("..", import.meta.url));
const tsc = fileURLToPath(import.meta.resolve("typescript/package.json")).replace("package.json", "bin/tsc");

let folder: string;
let packed: string[];
let tarball: Buffer<ArrayBuffer>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pensyve-package-"));
  // npm's own caches and settings of this user stay out of it.
  const env = { ...process.env, npm_config_cache: join(folder, ".npm"), npm_config_update_notifier: "false" };
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: source, env });
  const [about] = JSON.parse(stdout.slice(stdout.indexOf("[\n")));
  packed = about.files.map((file: { path: string }) => file.path);
  tarball = await readFile(join(folder, about.filename));
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(folder, about.filename)], {
    cwd: folder,
    env,
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a file of the folder as a user would, with address and key in the environment. */
async function program(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  const env = { ...process.env, PENSYVE_API_URL: url, PENSYVE_API_KEY: keys.mcp };
  const { stdout } = await run(process.execPath, [name], { cwd: folder, env });
  return stdout.trim();
}

describe("the packed package", () => {
  test("holds the build with its types and sources, README, licence and changelog, and nothing else", async () => {
    const sources = (await readdir(join(source, "src"))).map((name) => name.replace(/\.ts$/, ""));
    const built = sources.flatMap((name) => ["js", "js.map", "d.ts", "d.ts.map"].map((kind) => `dist/${name}.${kind}`));
    const whole = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
    expect(packed.toSorted()).toEqual([...built, ...sources.map((name) => `src/${name}.ts`), ...whole].toSorted());
  });

  test("needs no other package", async () => {
    expect((await readdir(join(folder, "node_modules"))).filter((name) => !name.startsWith("."))).toEqual(["pensyve"]);
  });

  test("has nothing that publint would change", async () => {
    const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test("has types that are right wherever they are resolved", async () => {
    const checked = await checkPackage(createPackageFromTarballData(tarball));
    const problems = checked.types ? checked.problems : ["It has no types."];
    // It is an ES module only, which every Node that it supports can require: the test of CommonJS below shows it.
    expect(problems.filter((one) => typeof one === "string" || one.kind !== "CJSResolvesToESM")).toEqual([]);
  });

  test("is imported from an empty folder and works against the server", async () => {
    const use = "console.log((await new Pensyve().me()).scope, Pensyve.name);";
    expect(await program("import.mjs", `import { Pensyve } from "pensyve"; ${use}`)).toBe("mcp Pensyve");
  });

  test("is required from CommonJS as well", async () => {
    const use = "new Pensyve().me().then(({ scope }) => console.log(scope));";
    expect(await program("require.cjs", `const { Pensyve } = require("pensyve"); ${use}`)).toBe("mcp");
  });

  test("seed 13: the block of the authentication page makes a client that stores and finds", async () => {
    const { code } = block("13", { url, key: keys.mcp });
    const use = `await p.remember({ entity: "ada", fact: "likes green tea" });
      console.log((await p.recall("green")).memories[0]?.content);`;
    expect(await program("seed.mts", code + use)).toBe("likes green tea");
  });

  const settings: [string, Record<string, unknown>][] = [
    ["of Node", { module: "nodenext", lib: ["ES2022", "DOM"] }],
    ["of bundlers", { module: "esnext", moduleResolution: "bundler", lib: ["ES2020", "DOM"] }],
    ["that are strictest", { module: "nodenext", lib: ["ES2024", "DOM"], exactOptionalPropertyTypes: true }],
  ];
  test.each(settings)("its types are found and sound, libraries checked, under settings %s", async (_name, options) => {
    const use = [
      'import { type Me, Pensyve, type RecalledMemory, RateLimitError } from "pensyve";',
      "export const found: Promise<{ memories: RecalledMemory[] }> = new Pensyve().recall('tea', { types: ['semantic'] });",
      "export const key: Promise<Me> = new Pensyve({ apiKey: undefined }).me({ signal: AbortSignal.abort() });",
      "export const wait = (error: RateLimitError): number | undefined => error.retryAfterSeconds;",
      "// @ts-expect-error: there is no such type of memory",
      "export const none = new Pensyve().recall('tea', { types: ['sematic'] });",
    ];
    await writeFile(join(folder, "use.ts"), use.join("\n"));
    const compilerOptions = {
      ...options,
      target: "es2022",
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      types: [],
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    await run(process.execPath, [tsc, "-p", folder]);
  });
});

describe("the README", async () => {
  const text = await readFile(join(source, "README.md"), "utf8");
  const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, block]) => block ?? "");

  test.each(blocks.map((block, index) => [index + 1, block] as const))(
    "example %i compiles and runs as it stands",
    async (index, block) => {
      const name = `example-${index}.ts`;
      await mkdir(folder, { recursive: true });
      await program(name, block);
      // `console` of a browser will do.
      const compilerOptions = {
        module: "nodenext",
        target: "es2024",
        lib: ["ES2024", "ESNext.Disposable", "DOM"],
        strict: true,
      };
      const tsconfig = { compilerOptions: { ...compilerOptions, noEmit: true, types: [] }, files: [name] };
      await writeFile(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
      await run(process.execPath, [tsc, "-p", folder]);
    },
  );

  test("names every public method and every error", async () => {
    const declared = await readFile(join(source, "src/pensyve.ts"), "utf8");
    const methods = [...declared.matchAll(/^ {2}(?:async )?(\w+)\(/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== "constructor");
    expect(methods.length).toBeGreaterThan(10);
    const errors = [...(await readFile(join(source, "src/errors.ts"), "utf8")).matchAll(/export class (\w+)/g)].map(
      ([, name]) => name,
    );
    for (const name of methods) expect(text).toContain(`${name}(`);
    for (const name of errors) expect(text).toContain(`\`${name}\``);
  });
});
