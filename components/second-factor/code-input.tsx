"use client";

import type { ComponentProps } from "react";
import { Input } from "@/components/ui/input";

/** A code of an authenticator app, or a recovery code: phones offer the code, and no browser keeps it. */
export function CodeInput({ className, ...rest }: Omit<ComponentProps<typeof Input>, "type" | "mono">) {
  return (
    <Input
      name="code"
      autoComplete="one-time-code"
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      maxLength={40}
      mono
      {...rest}
      className={className}
    />
  );
}
