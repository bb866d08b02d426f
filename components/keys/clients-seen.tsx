"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/clock.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import type { Sighting } from "#lib/keys/key-sightings.ts";

const SHOWN = 10;

/** Who used the key, newest first; ten at once. */
export function ClientsSeen({ sightings }: { sightings: readonly Sighting[] }) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? sightings : sightings.slice(0, SHOWN);
  return (
    <section aria-labelledby="clients">
      <div className="row between secthead">
        <h2 id="clients">Clients seen</h2>
      </div>
      {sightings.length === 0 ? (
        <p className="muted ruled">Never used</p>
      ) : (
        <table role="table" className="cards clients">
          <caption className="sr">Clients seen with this key</caption>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">
                Client
              </th>
              <th role="columnheader" scope="col">
                Address
              </th>
              <th role="columnheader" scope="col" className="num">
                Last used
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {shown.map(({ client, address, lastSeenAt }) => (
              <tr key={`${client} ${address}`} role="row">
                <th role="rowheader" scope="row" className="any">
                  <ForeignText max={40}>{client}</ForeignText>
                </th>
                <td role="cell" data-label="Address">
                  <code>{address}</code>
                </td>
                <td role="cell" className="num" data-label="Last used">
                  <RelativeTime at={lastSeenAt} isDense />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shown.length < sightings.length && (
        <div className="foot">
          <Button variant="quiet" size="small" onClick={() => setIsWhole(true)}>
            Show all
          </Button>
        </div>
      )}
    </section>
  );
}
