import Link from "next/link";
import type { ComponentProps } from "react";
import { buttonClass, type ButtonLook } from "./button-class";
import { cn } from "./class-names";

/** A link that looks like a button: for going somewhere, where `Button` does something. */
export function ButtonLink({ variant, size, className, ...rest }: ComponentProps<typeof Link> & ButtonLook) {
  return <Link {...rest} className={cn(buttonClass({ variant, size }), className)} />;
}
