import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

const classes = cva("btn", {
  variants: {
    variant: { default: "", primary: "primary", danger: "danger", quiet: "quiet" },
    size: { default: "", small: "small", square: "square", smallSquare: "small square", wide: "wide" },
  },
});

/**
 * `pendingLabel`: shown with a turning ring while `isPending`; the button then ignores clicks but keeps its focus.
 * `asChild`: the styles go onto the child, for links.
 */
export function Button({
  variant,
  size,
  asChild = false,
  isPending = false,
  pendingLabel,
  className,
  children,
  type = "button",
  onClick,
  ...props
}: ComponentProps<"button"> &
  VariantProps<typeof classes> & { asChild?: boolean; isPending?: boolean; pendingLabel?: string }) {
  if (asChild) {
    return (
      <Slot.Root className={cn(classes({ variant, size }), className)} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type={type}
      className={cn(classes({ variant, size }), className)}
      aria-busy={isPending || undefined}
      aria-disabled={isPending || undefined}
      onClick={isPending ? (event) => event.preventDefault() : onClick}
      {...props}
    >
      {isPending ? (
        <>
          <span className="spin" aria-hidden="true" />
          {pendingLabel}
        </>
      ) : (
        children
      )}
    </button>
  );
}
