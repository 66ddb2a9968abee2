"use client";

import { useState, type ReactNode } from "react";
import { AccessBadge } from "@/components/scope/access-badge";
import { StatusGlyph } from "@/components/ui/status-badge";
import { DescriptionList } from "@/components/ui/description-list";
import { Drawer } from "@/components/ui/dialog";
import { JsonView } from "@/components/ui/json-view";
import { Time } from "@/components/ui/time";
import type { ToolDto } from "@/lib/tool/schema";
import { DeleteTool } from "./delete-tool";
import type { ScopeOption } from "./scope-combobox";
import { ToolDrift } from "./tool-drift";
import { ToolHints } from "./tool-hints";
import { ScopeNames, ToolScopes } from "./tool-scopes";

/** What the reader may do with tools. */
export type ToolRights = { mayWrite: boolean; mayCreateScopes: boolean };

/** A tool by its name; opens everything that is known of it. A tool that drifted says so beside its name. */
export function ToolName({
  tool,
  scopes,
  rights,
}: {
  tool: ToolDto;
  scopes: readonly ScopeOption[];
  rights: ToolRights;
}) {
  const [open, setOpen] = useState(false);
  return (
    <div className="min-w-0 py-1">
      <button
        type="button"
        onClick={() => setOpen(true)}
        className="mono text-ink min-h-6 rounded-sm text-left font-medium wrap-anywhere hover:underline"
      >
        {tool.name}
      </button>
      {tool.drift === "none" ? null : (
        <DriftNote tool={tool} verb={rights.mayWrite ? "review" : "see"} onOpen={() => setOpen(true)} />
      )}
      {tool.title || tool.description ? (
        <p className="text-meta text-ink-2 line-clamp-2 max-w-xl">
          {tool.title && tool.title !== tool.name ? <span className="text-ink">{tool.title}. </span> : null}
          {tool.description}
        </p>
      ) : null}
      {open ? <ToolDrawer tool={tool} scopes={scopes} rights={rights} onClose={() => setOpen(false)} /> : null}
    </div>
  );
}

function DriftNote({ tool, verb, onOpen }: { tool: ToolDto; verb: "review" | "see"; onOpen: () => void }) {
  const changed = tool.drift === "changed";
  return (
    <button
      type="button"
      onClick={onOpen}
      aria-label={`${tool.name}: ${changed ? "changed on the server" : "gone from the server"}. ${verb === "see" ? "See" : "Review"}`}
      className="text-expiring text-meta ml-2 inline-flex min-h-6 items-center gap-1 rounded-sm font-medium whitespace-nowrap underline-offset-2 hover:underline"
    >
      <StatusGlyph tone={changed ? "expiring" : "deny"} />
      {changed ? "changed" : "gone"}: {verb}
    </button>
  );
}

function ToolDrawer({
  tool,
  scopes,
  rights,
  onClose,
}: {
  tool: ToolDto;
  scopes: readonly ScopeOption[];
  rights: ToolRights;
  onClose: () => void;
}) {
  return (
    <Drawer
      open
      width={720}
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={<span className="mono">{tool.name}</span>}
      description={tool.title || undefined}
      footer={rights.mayWrite ? <DeleteTool tool={tool} onDeleted={onClose} /> : undefined}
    >
      <div className="flex flex-col gap-6">
        {tool.drift === "none" ? null : <ToolDrift tool={tool} mayWrite={rights.mayWrite} />}
        <DescriptionList
          items={[
            { term: "Access", detail: <AccessBadge access={tool.access} /> },
            {
              term: "Required scopes",
              detail: rights.mayWrite ? (
                <ToolScopes tool={tool} scopes={scopes} mayCreateScopes={rights.mayCreateScopes} />
              ) : (
                <ScopeNames names={tool.scopes} />
              ),
            },
            {
              term: "Description",
              detail: tool.description ? (
                <span className="whitespace-pre-line">{tool.description}</span>
              ) : (
                <span className="text-ink-3">none</span>
              ),
            },
            { term: "Claimed by the server", detail: <ToolHints annotations={tool.annotations} all /> },
            { term: "Came by", detail: tool.source === "import" ? "import" : "hand" },
            { term: "Changed", detail: <Time at={tool.updatedAt} /> },
          ]}
        />
        {tool.inputSchema ? (
          <Section title="Input schema">
            <JsonView value={tool.inputSchema} label={`Input schema of ${tool.name}`} />
          </Section>
        ) : null}
      </div>
    </Drawer>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-form text-ink font-semibold">{title}</h3>
      {children}
    </section>
  );
}
