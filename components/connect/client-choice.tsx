import { CLIENTS } from "#lib/connect/clients.ts";
import { Step } from "./step.tsx";

const GROUPS = [...new Set(CLIENTS.map(({ group }) => group))];

/** Which client: tiles, and where they do not fit, a list. Both are the same field of the form; the one that is not seen is not sent. */
export function ClientChoice({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  return (
    <fieldset>
      <legend>
        <Step number={1}>Client</Step>
      </legend>
      <div className="choices tiles">
        {CLIENTS.map(({ id, label }) => (
          <label key={id} className="choice">
            <input type="radio" name="client" value={id} checked={id === value} onChange={() => onChange(id)} />
            <span>{label}</span>
          </label>
        ))}
      </div>
      <div className="tile-select">
        <label className="sr" htmlFor="client-list">
          Client
        </label>
        <select id="client-list" value={value} onChange={(event) => onChange(event.target.value)}>
          {GROUPS.map((group) => (
            <optgroup key={group} label={group}>
              {CLIENTS.filter((entry) => entry.group === group).map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </div>
    </fieldset>
  );
}
