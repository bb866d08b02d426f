import { CircleX } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";

/**
 * A labeled input; the error takes the place of the help.
 * `act`: a button inside the field, at its right end (Show, Copy).
 */
export function Field({
  label,
  help,
  error,
  act,
  id,
  ...input
}: Omit<ComponentProps<"input">, "aria-describedby" | "aria-invalid"> & {
  label: ReactNode;
  help?: ReactNode;
  error?: string | undefined;
  act?: ReactNode;
}) {
  const madeId = useId();
  const inputId = id ?? madeId;
  const textId = `${inputId}-text`;
  const hasText = error !== undefined || help !== undefined;
  const control = (
    <input
      {...input}
      id={inputId}
      aria-invalid={error === undefined ? undefined : true}
      aria-describedby={hasText ? textId : undefined}
    />
  );
  return (
    <div className="field">
      <label htmlFor={inputId}>{label}</label>
      {act === undefined ? (
        control
      ) : (
        <div className="with-act">
          {control}
          {act}
        </div>
      )}
      {error !== undefined && <ErrorText id={textId}>{error}</ErrorText>}
      {error === undefined && help !== undefined && (
        <p className="help" id={textId}>
          {help}
        </p>
      )}
    </div>
  );
}

/** What is wrong with a field, and what to do. */
export function ErrorText({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p className="error-text" id={id} role="alert">
      <CircleX className="icon" aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
