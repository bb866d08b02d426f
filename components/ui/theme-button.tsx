"use client";

import { Moon } from "lucide-react";
import { useTheme } from "next-themes";
import { Button } from "./button.tsx";

/** Switches between light and dark. */
export function ThemeButton({ size = "square" }: { size?: "square" | "smallSquare" }) {
  const { resolvedTheme, setTheme } = useTheme();
  return (
    <Button
      variant="quiet"
      size={size}
      aria-label="Switch theme"
      onClick={() => setTheme(resolvedTheme === "dark" ? "light" : "dark")}
    >
      <Moon className="icon" aria-hidden="true" />
    </Button>
  );
}
