"use client";

import { LoaderCircle } from "lucide-react";
import { useId, type ComponentProps } from "react";
import { buttonClass, type ButtonLook } from "./button-class";
import { cn } from "./class-names";
import { Tooltip } from "./tooltip";

export type ButtonProps = ComponentProps<"button"> &
  ButtonLook & {
    /** Shows that the act is under way, and takes no second click. */
    busy?: boolean;
    /** Why it cannot be pressed now. It stays focusable, so that the reason can be read. */
    disabledReason?: string | null;
  };

/** A button. `type` is `button` unless given. Icon-only sizes need an `aria-label`. */
export function Button({ variant, size, busy, disabledReason, className, children, onClick, ...rest }: ButtonProps) {
  const reasonId = useId();
  const blocked = busy || Boolean(disabledReason);
  const button = (
    <button
      type="button"
      {...rest}
      className={cn(buttonClass({ variant, size }), className)}
      aria-busy={busy || undefined}
      aria-disabled={blocked || undefined}
      aria-describedby={disabledReason ? reasonId : rest["aria-describedby"]}
      onClick={(event) => {
        if (blocked) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy ? <LoaderCircle aria-hidden className="animate-spin" /> : null}
      {children}
    </button>
  );
  if (!disabledReason) return button;
  return (
    <>
      <Tooltip content={disabledReason}>{button}</Tooltip>
      <span id={reasonId} className="sr-only">
        {disabledReason}
      </span>
    </>
  );
}
