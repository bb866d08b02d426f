"use client";

import { type ComponentProps, useId, useState } from "react";
import { missingCharacters } from "#lib/users/schemas.ts";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";

type PasswordProps = Omit<ComponentProps<typeof Field>, "type" | "act" | "id" | "help">;

/** A password that can be shown. Pasting and password managers work; nothing is asked twice (WCAG 2.2, 3.3.8). */
export function PasswordField({ help, ...field }: PasswordProps & { help?: ComponentProps<typeof Field>["help"] }) {
  const id = useId();
  const [isShown, setIsShown] = useState(false);
  return (
    <Field
      {...field}
      id={id}
      type={isShown ? "text" : "password"}
      spellCheck={false}
      autoCapitalize="off"
      help={help}
      act={
        <Button variant="quiet" size="small" aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
          {isShown ? "Hide" : "Show"}
        </Button>
      }
    />
  );
}

/** A new password: says how many characters are missing while one types. */
export function NewPasswordField({ onChange, ...field }: PasswordProps) {
  const [text, setText] = useState("");
  const missing = missingCharacters(text);
  return (
    <PasswordField
      {...field}
      autoComplete="new-password"
      onChange={(event) => {
        setText(event.target.value);
        onChange?.(event);
      }}
      help={
        <>
          At least 15 characters. A sentence is good; no symbols needed.{" "}
          {text !== "" && missing > 0 && <span className="accent-text nowrap">{missingWords(missing)}</span>}
        </>
      }
    />
  );
}

/** "3 more characters." */
export function missingWords(missing: number): string {
  return missing === 1 ? "1 more character." : `${missing} more characters.`;
}
