import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Verb, VerbDefinition, VerbScope } from "@/lib/verb";

/** What is seen of one verb, or read, while the tour goes on. */
export type SeenVerb = {
  /** File and name, as `token/mint.ts mintToken`. */
  name: string;
  verb: Verb<never, unknown>;
  /** How often its work was done to the end with an entry, and without. */
  recorded: number;
  silent: number;
};

/** Every verb, and every read, that is made while the modules load. */
export const seen: { verbs: SeenVerb[]; reads: Pick<SeenVerb, "name" | "verb">[] } = { verbs: [], reads: [] };

const LIB = fileURLToPath(new URL("../../lib/", import.meta.url));

/** The name of what is being made at this moment, as the line says that makes it. */
export function nameAtHand(): string {
  const frames = (new Error().stack ?? "").split("\n");
  const [, file = "", line = ""] =
    frames.map((frame) => /\/lib\/([\w/.-]+\.ts):(\d+):\d+/.exec(frame)).find((found) => found !== null) ?? [];
  const text = readFileSync(join(LIB, file), "utf8").split("\n")[Number(line) - 1] ?? "";
  return `${file} ${/const (\w+)/.exec(text)?.[1] ?? text}`;
}

const SKIPPED = /\.test\.ts$|^(?:generated|testing)\b|^verb\.ts$/;

/** Where `lib/` makes verbs and reads: file and name of each; and how often it calls what makes them, whatever the form. */
export function scan(maker: "defineVerb" | "defineRead"): { names: string[]; calls: number } {
  const made = new RegExp(`^(?:export )?const (\\w+)[^=]*= ${maker}\\(`, "gm");
  const called = new RegExp(`\\b${maker}(?:<[^(]*>)?\\(`);
  const files = readdirSync(LIB, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !SKIPPED.test(file))
    .sort();
  const texts = files.map((file) => [file, readFileSync(join(LIB, file), "utf8")] as const);
  return {
    names: texts.flatMap(([file, text]) => [...text.matchAll(made)].map(([, name]) => `${file} ${name}`)),
    calls: texts.reduce((calls, [, text]) => calls + text.split(called).length - 1, 0),
  };
}

/** `defineVerb`, of verbs that are watched: whether their work ends, and with an entry. */
export function watching<I, O>(
  define: (definition: VerbDefinition<I>, work: (scope: VerbScope, input: I) => Promise<O>) => Verb<I, O>,
  definition: VerbDefinition<I>,
  work: (scope: VerbScope, input: I) => Promise<O>,
): Verb<I, O> {
  const verb = define(definition, async (scope, input) => {
    let entries = 0;
    const record: VerbScope["record"] = (draft) => {
      entries += 1;
      scope.record(draft);
    };
    const result = await work({ ...scope, record }, input);
    if (entries > 0) own.recorded += 1;
    else own.silent += 1;
    return result;
  });
  const own: SeenVerb = { name: nameAtHand(), verb: verb as Verb<never, unknown>, recorded: 0, silent: 0 };
  seen.verbs.push(own);
  return verb;
}
