import type { ReactNode } from "react";
import { AccessBadge } from "@/components/scope/access-badge";
import { Badge } from "@/components/ui/badge";
import { Callout } from "@/components/ui/callout";
import { StatusGlyph } from "@/components/ui/status-badge";
import type { ImportResult } from "@/lib/tool/schema";

const FIELD_WORDS: Record<string, string> = {
  title: "title",
  description: "description",
  annotations: "claims",
  inputSchema: "input schema",
};

/** What an import would do, list by list: nothing has happened yet. `known` are the scopes that the server has. */
export function ImportPreview({
  result,
  opens,
  known,
}: {
  result: ImportResult;
  opens: boolean;
  known: readonly string[];
}) {
  const { added, changed, removed, unchanged, serverInfo } = result;
  const nothing = added.length + changed.length + removed.length === 0;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-body text-ink-2" role="status">
        {serverInfo ? (
          <>
            It calls itself <span className="mono text-ink">{serverInfo.name}</span>
            {serverInfo.version ? ` ${serverInfo.version}` : ""}.{" "}
          </>
        ) : null}
        {added.length} new, {changed.length} changed, {removed.length} gone, {unchanged} as accepted.
      </p>
      {nothing ? (
        <Callout tone="allow" title={unchanged === 0 ? "It lists no tools" : "Nothing has changed"}>
          {unchanged === 0 ? "The server answered, and offers no tool yet." : "Every tool is as it was accepted."}
        </Callout>
      ) : null}
      {added.length > 0 ? (
        <Group title="New" count={added.length}>
          {added.map((tool) => (
            <Line key={tool.name} name={tool.name}>
              <AccessBadge access={opens ? tool.suggestedAccess : null} />
              {opens ? (
                <>
                  <span className="mono text-meta text-ink-2 wrap-anywhere">{tool.suggestedScope}</span>
                  {known.includes(tool.suggestedScope) ? null : <Badge tone="info">new scope</Badge>}
                </>
              ) : (
                <span className="text-meta text-ink-2">
                  suggested: {tool.suggestedAccess}, <span className="mono wrap-anywhere">{tool.suggestedScope}</span>
                </span>
              )}
            </Line>
          ))}
        </Group>
      ) : null}
      {changed.length > 0 ? (
        <Group title="Changed since accepted" count={changed.length}>
          {changed.map((tool) => (
            <Line key={tool.name} name={tool.name}>
              <span className="text-expiring text-meta inline-flex items-center gap-1">
                <StatusGlyph tone="expiring" />
                {tool.fields.length === 0
                  ? "added by hand: is taken over"
                  : tool.fields.map((field) => FIELD_WORDS[field] ?? field).join(", ")}
              </span>
            </Line>
          ))}
        </Group>
      ) : null}
      {removed.length > 0 ? (
        <Group title="Gone from the server" count={removed.length}>
          {removed.map((tool) => (
            <Line key={tool.name} name={tool.name}>
              <span className="text-deny text-meta inline-flex items-center gap-1">
                <StatusGlyph tone="deny" />
                stays here until you delete it
              </span>
            </Line>
          ))}
        </Group>
      ) : null}
    </div>
  );
}

function Group({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-hairline overflow-hidden rounded-lg border">
      <h3 className="bg-page border-hairline text-meta text-ink-2 flex items-center gap-2 border-b px-3 py-1.5 font-medium">
        {title} <Badge>{count}</Badge>
      </h3>
      <ul className="divide-hairline divide-y">{children}</ul>
    </section>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
      <span className="mono text-body text-ink min-w-0 flex-1 basis-40 wrap-anywhere">{name}</span>
      <span className="flex min-w-0 flex-wrap items-center gap-2">{children}</span>
    </li>
  );
}
