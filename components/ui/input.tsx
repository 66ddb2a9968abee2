"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState, type ComponentProps } from "react";
import { cn } from "./class-names";
import { useFieldControl } from "./field";

/** A line of text. `mono` for ids, URIs, scopes. Inside `Field` it is labelled by it. */
export function Input({ className, mono, ...rest }: ComponentProps<"input"> & { mono?: boolean }) {
  return <input {...rest} {...useFieldControl(rest)} className={cn("control", mono && "font-mono", className)} />;
}

/** Several lines of text. */
export function Textarea({ className, mono, rows = 3, ...rest }: ComponentProps<"textarea"> & { mono?: boolean }) {
  return (
    <textarea
      rows={rows}
      {...rest}
      {...useFieldControl(rest)}
      className={cn("control h-auto py-2 pointer-coarse:h-auto", mono && "font-mono", className)}
    />
  );
}

/** A password, with a switch to look at it. */
export function PasswordInput({ className, ...rest }: Omit<ComponentProps<"input">, "type">) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className="relative">
      <Input {...rest} type={shown ? "text" : "password"} className={cn("pr-10", className)} spellCheck={false} />
      <button
        type="button"
        aria-label={shown ? "Hide password" : "Show password"}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
        className="text-ink-2 hover:text-ink absolute inset-y-0 right-0 flex w-9 items-center justify-center rounded-md"
      >
        <Icon aria-hidden className="size-4" />
      </button>
    </div>
  );
}
