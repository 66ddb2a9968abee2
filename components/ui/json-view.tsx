import { Fragment } from "react";
import { cn } from "./class-names";
import { CopyButton } from "./copy-button";

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A JSON value, indented, keys told from values; can be copied. */
export function JsonView({ value, label = "JSON", className }: { value: unknown; label?: string; className?: string }) {
  const text = JSON.stringify(value, null, 2) ?? "null";
  return (
    <div className={cn("border-hairline bg-page relative min-w-0 rounded-lg border", className)}>
      <div className="absolute top-1 right-1">
        <CopyButton iconOnly value={text} label={`Copy ${label}`} />
      </div>
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className="text-meta overflow-x-auto rounded-lg p-3 pr-10 font-mono leading-5 -outline-offset-2"
      >
        {colour(text)}
      </pre>
    </div>
  );
}

function colour(text: string) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > from) parts.push(<Fragment key={from}>{text.slice(from, match.index)}</Fragment>);
    const isKey = match[2] !== undefined;
    const tone = isKey ? "text-ink-2" : match[1] !== undefined ? "text-allow" : "text-info";
    parts.push(
      <span key={match.index} className={tone}>
        {match[0]}
      </span>,
    );
    from = match.index + match[0].length;
  }
  parts.push(<Fragment key="rest">{text.slice(from)}</Fragment>);
  return parts;
}
