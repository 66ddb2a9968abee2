import { z } from "zod";
import type { Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { GatehouseError, type ErrorCode } from "@/lib/errors";
import { idField } from "@/lib/fields";
import type { Verb } from "@/lib/verb";
import { parseQuery, parseWith } from "./parse";

/** The methods that the admin API uses. */
export const METHODS = ["GET", "POST", "PATCH", "DELETE"] as const;
export type Method = (typeof METHODS)[number];

/** Path parameters, and what an id that names nothing means: `{ id: "agent_not_found" }`. */
type PathParams = Readonly<Record<string, ErrorCode>>;

type Definition<P extends PathParams, Q extends z.ZodObject, B extends z.ZodType, R extends z.ZodType, I, O> = {
  /** One line for the API's description. */
  summary: string;
  params?: P;
  query?: Q;
  body?: B;
  verb: Verb<I, O>;
  /** What the verb gets. */
  input: (parts: { params: Record<keyof P, string>; query: z.output<Q>; body: z.output<B> }) => I;
  /** Codes that this endpoint answers besides those that any endpoint may. */
  errors?: readonly ErrorCode[];
} & (
  | {
      /** What comes back; every answer is parsed with it, so that nothing else can leave. */
      response: R;
      /** Makes the answer from what the verb gave, where they differ. */
      output?: (result: O) => z.input<R>;
      /** 200 by default. */
      status?: 200 | 201 | 202;
    }
  | {
      /** For downloads: the whole answer. */
      respond: (result: O, input: I) => Response;
      /** The content types of the download. */
      downloads: readonly string[];
    }
  /** Success is 204, without a body. */
  | { status: 204 }
);

/** What a request brings, read but not yet parsed. */
export type RawParts = { params: Record<string, string>; query: URLSearchParams; body: unknown };

/** What an endpoint answers: JSON (or, where `body` is undefined, nothing), or a finished download. */
export type Answer = { status: number; body: unknown } | Response;

/** Keeps an answer in the transaction that makes the change, so that there is never one without the other. */
export type Keep = (tx: Tx, answer: Answer) => Promise<void>;

/** One method of one path, its inner types forgotten. */
export type Endpoint = {
  readonly summary: string;
  readonly params: PathParams;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | null;
  readonly response: z.ZodType | null;
  readonly downloads: readonly string[];
  readonly status: number;
  readonly errors: readonly ErrorCode[];
  readonly permissions: readonly string[];
  /** Parses a request, and returns the call that is left to make. Throws `validation_failed` or a `…_not_found`. */
  readonly prepare: (raw: RawParts) => (ctx: Ctx, keep?: Keep) => Promise<Answer>;
};

const NOTHING = z.strictObject({});
const ENTRY_ID = z.union([z.uuid(), z.string().regex(/^\d{1,15}$/)]);
/** What is named otherwise than by a prefixed id. */
const FORMS: Partial<Record<ErrorCode, z.ZodType>> = {
  entry_not_found: ENTRY_ID,
  tile_not_found: z.string().regex(/^[x\d./p]{1,64}$/),
};

/** Describes one method of one path: what it takes, which verb it calls, what it gives. */
export function endpoint<
  I,
  O,
  R extends z.ZodType = z.ZodType,
  P extends PathParams = Record<never, ErrorCode>,
  Q extends z.ZodObject = typeof NOTHING,
  B extends z.ZodType = typeof NOTHING,
>(definition: Definition<P, Q, B, R, I, O>): Endpoint {
  const { params = {} as P, query = NOTHING as z.ZodObject as Q, body, verb, errors = [] } = definition;
  const permission = verb.definition.permission;
  const answer = answerer(definition);
  return {
    summary: definition.summary,
    params,
    query,
    body: body ?? null,
    response: "response" in definition ? definition.response : null,
    downloads: "downloads" in definition ? definition.downloads : [],
    status: ("status" in definition ? definition.status : undefined) ?? 200,
    errors,
    permissions: typeof permission === "string" ? [permission] : permission,
    prepare: (raw) => {
      const input = definition.input({
        params: parseParams(params, raw.params),
        query: parseQuery(query, raw.query),
        body: parseWith(body ?? NOTHING, raw.body) as z.output<B>,
      });
      return async (ctx, keep) => {
        if (!keep) return answer(await verb(ctx, input), input);
        let kept: Answer | undefined;
        const beforeCommit = (tx: Tx, result: O) => keep(tx, (kept = answer(result, input)));
        const result = await verb(ctx, input, { beforeCommit });
        return kept ?? answer(result, input);
      };
    },
  };
}

function answerer<P extends PathParams, Q extends z.ZodObject, B extends z.ZodType, R extends z.ZodType, I, O>(
  definition: Definition<P, Q, B, R, I, O>,
): (result: O, input: I) => Answer {
  if ("respond" in definition) return definition.respond;
  if (!("response" in definition)) return () => ({ status: 204, body: undefined });
  const { response, status = 200, output } = definition;
  return (result) => {
    const parsed = response.safeParse(output ? output(result) : result);
    if (parsed.success) return { status, body: parsed.data };
    const places = parsed.error.issues.map((issue) => `${issue.path.join(".")} (${issue.code})`).join(", ");
    throw new GatehouseError("internal", { internal: `the answer does not fit its schema at ${places}` });
  };
}

/** An id that cannot be one names nothing. Entries of the audit log have UUIDs or indices, tiles have paths, all else has prefixed ids. */
function parseParams<P extends PathParams>(params: P, raw: Record<string, string>): Record<keyof P, string> {
  for (const [name, notFound] of Object.entries(params)) {
    const form = FORMS[notFound] ?? idField;
    if (!form.safeParse(raw[name]).success) throw new GatehouseError(notFound);
  }
  return raw as Record<keyof P, string>;
}

/** What stands behind one path of the admin API (`/agents/{id}`). */
export type RouteDefinition = { readonly path: string; readonly endpoints: Partial<Record<Method, Endpoint>> };
