import { Segments } from "#components/ui/segments.tsx";
import { SYSTEMS, type System } from "#lib/connect/snippet.ts";

const NAMES: Record<System, string> = { macos: "macOS", linux: "Linux", windows: "Windows" };

/** Which paths and which shell. The buttons send the form, so that they work before scripts do. */
export function SystemChoice({ value, onChange }: { value: System; onChange: (system: System) => void }) {
  return (
    <div>
      <p className="legend" aria-hidden="true">
        Operating system
      </p>
      <Segments label="Operating system">
        {SYSTEMS.map((system) => (
          <button
            key={system}
            type="submit"
            name="os"
            value={system}
            aria-pressed={system === value}
            onClick={() => onChange(system)}
          >
            {NAMES[system]}
          </button>
        ))}
      </Segments>
    </div>
  );
}
