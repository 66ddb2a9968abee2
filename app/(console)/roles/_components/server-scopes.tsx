"use client";

import { ChevronRight, X } from "lucide-react";
import { useId, useState } from "react";
import { ScopePicker } from "@/components/scope/scope-picker";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { isWildcard } from "@/lib/role/resolve";
import type { RoleServer } from "./role-draft";

/** What the role gives on one server: ticks, and the patterns that match nothing there any more. */
export function ServerScopes({
  server,
  patterns,
  onChange,
  onRemove,
  startOpen,
  disabled = false,
}: {
  server: RoleServer;
  patterns: readonly string[];
  onChange: (patterns: string[]) => void;
  /** Takes the server out of the role. */
  onRemove?: () => void;
  startOpen: boolean;
  disabled?: boolean;
}) {
  const id = useId();
  const [open, setOpen] = useState(startOpen);
  const gone = patterns.filter(
    (pattern) => !isWildcard(pattern) && !server.scopes.some((scope) => scope.name === pattern),
  );
  return (
    <section aria-labelledby={id} className="border-hairline rounded-lg border">
      <header className="flex min-h-11 items-center gap-2 py-1.5 pr-2 pl-2">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-1 text-left"
        >
          <ChevronRight
            aria-hidden
            className={cn("text-ink-3 size-4 shrink-0 transition-transform duration-100", open && "rotate-90")}
          />
          <span className="min-w-0">
            <span id={id} className="text-body text-ink block truncate font-medium">
              {server.name}
            </span>
            <span className="text-meta text-ink-2 block truncate">
              {patterns.length === 0 ? "nothing yet" : <span className="mono">{patterns.join(", ")}</span>}
            </span>
          </span>
        </button>
        {onRemove && !disabled ? (
          <Button size="icon-sm" variant="ghost" aria-label={`Remove ${server.name} from the role`} onClick={onRemove}>
            <X aria-hidden />
          </Button>
        ) : null}
      </header>
      {open ? (
        <div className="flex flex-col gap-2 px-2 pb-2">
          <ScopePicker
            label={`Scopes on ${server.name}`}
            groups={[{ serverId: server.id, serverName: "Every scope of today", scopes: server.scopes }]}
            value={patterns}
            onChange={onChange}
            wildcards
            disabled={disabled}
          />
          {gone.length > 0 ? (
            <div className="text-meta text-ink-2 flex flex-wrap items-center gap-2 px-1">
              The server does not offer these any more; they give nothing:
              {gone.map((pattern) => (
                <Badge key={pattern} tone="revoked" mono>
                  {pattern}
                  <button
                    type="button"
                    aria-label={`Remove ${pattern}`}
                    disabled={disabled}
                    onClick={() => onChange(patterns.filter((other) => other !== pattern))}
                    className="-mr-1 flex size-5 items-center justify-center"
                  >
                    <X aria-hidden className="size-3" />
                  </button>
                </Badge>
              ))}
            </div>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}
