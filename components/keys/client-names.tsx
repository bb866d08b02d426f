import { Fragment } from "react";
import { ForeignText } from "#components/ui/foreign-text.tsx";

const SHOWN = 5;

/** The clients of sightings, each once, in a sentence. */
export function ClientNames({ clients }: { clients: readonly { client: string }[] }) {
  const names = [...new Set(clients.map(({ client }) => client))];
  const more = names.length - SHOWN;
  return (
    <>
      {names.slice(0, SHOWN).map((name, index) => (
        <Fragment key={name}>
          {index > 0 && ", "}
          <span className="nowrap">
            <ForeignText max={40}>{name}</ForeignText>
          </span>
        </Fragment>
      ))}
      {more > 0 && ` and ${more} more`}
    </>
  );
}
