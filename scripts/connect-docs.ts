import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { clientDocuments } from "#lib/connect/client-document.ts";

/** Writes docs/clients from lib/connect, and removes what is no longer in it. */
const folder = join(import.meta.dirname, "..", "docs", "clients");
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const [name, text] of clientDocuments()) await writeFile(join(folder, name), text);
console.log(`docs/clients: ${clientDocuments().size} files`);
