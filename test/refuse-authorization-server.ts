import { registerHooks } from "node:module";

/** Preloaded (`--import`): a process that loads pages, the authorization server or its keys ends. */
const REFUSED = /\/node_modules\/(oidc-provider|next|next-auth)\/|\/lib\/(oauth|session)\//;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    if (REFUSED.test(resolved.url)) throw new Error(`${resolved.url} is loaded by ${context.parentURL}`);
    return resolved;
  },
});
