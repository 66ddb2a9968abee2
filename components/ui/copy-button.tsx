"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button, type ButtonProps } from "./button";
import { toast } from "./toast";

/** Copies `value`. Says so in the button and to screen readers; where the browser refuses, it says that too. */
export function CopyButton({
  value,
  label = "Copy",
  iconOnly = false,
  onCopied,
  ...rest
}: Omit<ButtonProps, "value" | "onClick" | "onCopy"> & {
  value: string;
  label?: string;
  iconOnly?: boolean;
  onCopied?: () => void;
}) {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      toast.warning("The browser refused to copy", "Select the text and copy it by hand.");
      return;
    }
    setCopied(true);
    onCopied?.();
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), 2000);
  };
  const Icon = copied ? Check : Copy;
  return (
    <>
      <Button
        size={iconOnly ? "icon-sm" : "sm"}
        variant={iconOnly ? "ghost" : "secondary"}
        {...rest}
        aria-label={iconOnly ? label : undefined}
        onClick={() => void copy()}
      >
        <Icon aria-hidden className={copied ? "text-allow" : undefined} />
        {iconOnly ? null : copied ? "Copied" : label}
      </Button>
      <span role="status" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </>
  );
}
