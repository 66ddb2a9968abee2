import { z } from "zod";
import { redactText } from "@/lib/audit/redact";
import { GatehouseError, type FieldError } from "@/lib/errors";
import { requireStorableText } from "./storable-text";

/** More faults than this help nobody. */
const MAX_FAULTS = 50;

/** Parses with a schema, or throws `validation_failed` with every field at fault, `path` dotted. */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GatehouseError("validation_failed", { fields: faultsOf(parsed.error) });
}

/** Faults as the API tells them: dotted paths, an unknown field by its own name, which may be a secret put in the wrong place. */
export function faultsOf(error: z.ZodError): FieldError[] {
  const faults = error.issues.flatMap((issue): FieldError[] => {
    const path = issue.path.map(String).join(".");
    if (issue.code === "custom") return [{ path, code: issue.code, message: issue.message, ...placeOf(issue) }];
    if (issue.code !== "unrecognized_keys") return [{ path, code: issue.code, message: issue.message }];
    return issue.keys.map((key) => ({
      path: [path, redactText(key.slice(0, 1000)).slice(0, 100)].filter(Boolean).join("."),
      code: "unknown_field",
      message: "is not a field of this call",
    }));
  });
  return faults.slice(0, MAX_FAULTS);
}

const placeSchema = z.object({ code: z.string(), from: z.number(), to: z.number() });

/** Where in a text the fault is, if a schema says so (`queryField`), and its own code. */
const placeOf = ({ params }: { params?: unknown }): Partial<FieldError> => placeSchema.safeParse(params).data ?? {};

/**
 * Parses a query. Fields whose schema is a list may be repeated or separated by commas; any other may stand once.
 * An unknown parameter is refused: a mistyped filter must not silently answer everything. Throws `validation_failed`.
 */
export function parseQuery<S extends z.ZodObject>(schema: S, query: URLSearchParams): z.output<S> {
  const raw: Record<string, string | string[]> = {};
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    const field: unknown = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
    if (isList(field)) raw[name] = values.flatMap((value) => value.split(",")).filter((value) => value !== "");
    else if (values.length === 1) raw[name] = values[0] ?? "";
    else throw new GatehouseError("validation_failed", { fields: [repeated(name)] });
  }
  requireStorableText(raw);
  return parseWith(schema.strict(), raw) as z.output<S>;
}

const repeated = (path: string): FieldError => ({ path, code: "repeated", message: "may be given only once" });

type AnyDef = { type?: string; innerType?: { def?: AnyDef } };

/** True for a list, also behind `.default()` and `.optional()`. */
function isList(field: unknown): boolean {
  for (let def = (field as { def?: AnyDef } | undefined)?.def; def; def = def.innerType?.def) {
    if (def.type === "array") return true;
  }
  return false;
}
