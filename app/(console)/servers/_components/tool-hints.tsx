import { Badge } from "@/components/ui/badge";
import type { ToolDto } from "@/lib/tool/schema";

const WORDS = [
  ["readOnlyHint", "read-only", "not read-only"],
  ["destructiveHint", "destructive", "not destructive"],
  ["idempotentHint", "idempotent", "not idempotent"],
  ["openWorldHint", "reaches outside", "stays inside"],
] as const;

/** What a server claims of a tool, in words; the denials too where `all`. */
export function hintWords(annotations: ToolDto["annotations"], all = false): string[] {
  return WORDS.flatMap(([hint, yes, no]) => {
    const value = annotations[hint];
    return value === true ? [yes] : value === false && all ? [no] : [];
  });
}

/** The hints of a tool. They are the server's word, and decide nothing: the label says so. */
export function ToolHints({ annotations, all = false }: { annotations: ToolDto["annotations"]; all?: boolean }) {
  const words = hintWords(annotations, all);
  if (words.length === 0) return <span className="text-ink-3">no hints</span>;
  return (
    <span className="flex flex-wrap items-center gap-1">
      {words.map((word) => (
        <Badge key={word}>{word}</Badge>
      ))}
    </span>
  );
}
