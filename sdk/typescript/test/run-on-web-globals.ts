import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { createContext, type Module, SourceTextModule } from "node:vm";

// Run as a program with --experimental-vm-modules, an address and a key: uses the client in a world that has the globals
// of the web and the language, and no others, and prints what came of it.

const [baseUrl, apiKey] = process.argv.slice(2);
const web = { fetch, AbortController, AbortSignal, crypto, URL, URLSearchParams, setTimeout, clearTimeout };
const context = createContext({ ...web, baseUrl, apiKey, result: undefined });
const modules = new Map<string, Module>();

async function load(address: URL): Promise<Module> {
  const known = modules.get(address.href);
  if (known) return known;
  const text = stripTypeScriptTypes(await readFile(address, "utf8"));
  const module = new SourceTextModule(text, { context, identifier: address.href });
  modules.set(address.href, module);
  return module;
}

const source = `
  import { Pensyve } from "../src/index.ts";
  const without = ["process", "Buffer", "require", "setImmediate"].filter((name) => !(name in globalThis));
  const p = new Pensyve({ baseUrl, apiKey, namespace: "web" });
  await p.remember({ entity: "alice", fact: "likes tea" });
  const { memories } = await p.recall("tea");
  const episode = await p.startEpisode(["user"]);
  const { outcome } = await episode.end();
  result = JSON.stringify({ without, found: memories.map(({ content }) => content), outcome });
`;
const main = new SourceTextModule(source, { context, identifier: import.meta.url });
await main.link((specifier, referrer) => load(new URL(specifier, referrer.identifier)));
await main.evaluate();
process.stdout.write(String(context["result"]));
