"use client";

import { type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/clock.tsx";
import type { ProductView } from "#lib/grants/group-grants.ts";
import type { GrantView } from "#lib/grants/list-grants.ts";
import { AppName, AppTrust } from "./app-name.tsx";
import { appNameWords, installationWords, lastUseWords, withdrawWords } from "./app-words.ts";
import { GrantedScope } from "./granted-scope.tsx";
import { WithdrawButton } from "./withdraw-button.tsx";

const SHOWN = 3;

/** One product: a row of its own, and one for each installation where there are several; over three are folded. */
export function ProductRows({ product }: { product: ProductView }) {
  const [isUnfolded, setIsUnfolded] = useState(false);
  const { installations } = product;
  const [only] = installations;
  const count = installations.length;
  const name = appNameWords(product);
  const shown = count === 1 ? [] : isUnfolded ? installations : installations.slice(0, SHOWN);
  return (
    <tbody role="rowgroup">
      <tr role="row" className={count > 1 ? "pair-top" : undefined} data-app-id={only.id} data-several={count > 1}>
        <th role="rowheader" scope="row">
          <AppName {...product} />
          <AppTrust {...product} />
        </th>
        <Facts
          scope={product.scope}
          from={count === 1 ? address(only) : <span className="nowrap">{count} installations</span>}
        >
          <Since {...product} />
          <LastUse lastUsedAt={product.lastUsedAt} words={count === 1 ? lastUseWords(only) : ""} />
        </Facts>
        <td role="cell" className="num full">
          <WithdrawButton
            dialog={count === 1 ? "withdraw" : "withdraw-product"}
            grantId={only.id}
            label={`${withdrawWords(count)} ${name}`}
          >
            {withdrawWords(count)}
          </WithdrawButton>
        </td>
      </tr>
      {shown.map((grant) => (
        <tr key={grant.id} role="row" className="inst-row" data-app-id={grant.id}>
          <th role="rowheader" scope="row">
            <span className="inst">{installationWords(grant)}</span>
          </th>
          <Facts scope={grant.scope} from={address(grant)}>
            <Since connectedAt={grant.createdAt} firstUsedAt={grant.firstUsedAt} />
            <LastUse lastUsedAt={grant.lastUsedAt} words={lastUseWords(grant)} />
          </Facts>
          <td role="cell" className="num full">
            <WithdrawButton
              dialog="withdraw"
              grantId={grant.id}
              label={`Withdraw ${name} ${installationWords(grant)}, ${grant.address ?? "address unknown"}`}
            >
              Withdraw
            </WithdrawButton>
          </td>
        </tr>
      ))}
      {count > SHOWN && (
        <tr role="row" className="fold-row">
          <td role="cell" className="full" colSpan={6}>
            <Button size="small" variant="quiet" aria-expanded={isUnfolded} onClick={() => setIsUnfolded(!isUnfolded)}>
              {isUnfolded ? `Show ${SHOWN}` : `Show all ${count} installations`}
            </Button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** Scope, From, Since and Last used. */
function Facts({
  scope,
  from,
  children: [since, lastUse],
}: {
  scope: string;
  from: ReactNode;
  children: [ReactNode, ReactNode];
}) {
  return (
    <>
      <td role="cell" className="full">
        <GrantedScope scope={scope} />
      </td>
      <td role="cell" data-label="From">
        <span>{from}</span>
      </td>
      <td role="cell" className="nowrap" data-label="Since">
        {since}
      </td>
      <td role="cell" data-label="Last used">
        {lastUse}
      </td>
    </>
  );
}

/** When it was allowed, and when it first came for something. */
function Since({ connectedAt, firstUsedAt }: { connectedAt: Date; firstUsedAt: Date | null }) {
  return (
    <span>
      <RelativeTime at={connectedAt} />
      {firstUsedAt !== null && (
        <span className="sub">
          first used <RelativeTime at={firstUsedAt} />
        </span>
      )}
    </span>
  );
}

function LastUse({ lastUsedAt, words }: { lastUsedAt: Date | null; words: string }) {
  if (lastUsedAt === null) return <span>Not used yet</span>;
  return (
    <span>
      <span className="nowrap">
        <RelativeTime at={lastUsedAt} />
      </span>
      {words !== "" && (
        <span className="sub">
          <bdi>{words}</bdi>
        </span>
      )}
    </span>
  );
}

/** Where the browser was that allowed it. */
function address(grant: GrantView): ReactNode {
  return grant.address === null ? "Unknown" : <code>{grant.address}</code>;
}
