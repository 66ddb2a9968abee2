import { z } from "zod";
import type { ErrorCode } from "@/lib/errors";
import { METHODS, type Endpoint, type Method, type RouteDefinition } from "./endpoint";
import { HTTP_ERRORS } from "./status";

/** An endpoint that machines call outside the admin API (validate, introspect, …), described by its schemas alone. */
export type MachineEndpoint = {
  /** Absolute path: `/api/v1/validate`, `/oauth/introspect`. */
  path: string;
  summary: string;
  /** `application/json` unless told otherwise. */
  requestType?: string;
  request: z.ZodType;
  response: z.ZodType | null;
  status: number;
  errors: readonly ErrorCode[];
  /** True where the secret in the body is all the authorisation that is needed. */
  byPossession?: boolean;
};

type Json = Record<string, unknown>;

/** The version of the contract, not of the software: `/api/v1` stays compatible. */
const API_VERSION = "1.0.0";

/** Codes that any call of the admin API may answer. */
const COMMON: readonly ErrorCode[] = ["unauthenticated", "forbidden", "too_many_attempts", "unavailable", "internal"];
const WITH_BODY: readonly ErrorCode[] = ["malformed_json", "payload_too_large", "unsupported_media_type"];
const WITH_KEY: readonly ErrorCode[] = ["invalid_request", "idempotency_key_reused", "idempotency_in_progress"];

const problemSchema = z.object({
  type: z.string().describe("urn:gatehouse:problem: and the code"),
  title: z.string(),
  status: z.number().int(),
  code: z.string().describe("Stable; for programs"),
  detail: z.string().describe("For people; never holds a secret"),
  requestId: z.string(),
  errors: z.array(
    z.object({
      path: z.string(),
      code: z.string(),
      message: z.string(),
      from: z.number().int().optional(),
      to: z.number().int().optional(),
    }),
  ),
});

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Repeats with the same key and body within 24 hours get the first answer again.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    target: "draft-2020-12",
  });
  return rest;
}

/** The OpenAPI 3.1 document of everything that is given. */
export function describeApi(options: {
  routes: readonly RouteDefinition[];
  machines: readonly MachineEndpoint[];
}): Json {
  const paths: Record<string, Json> = {};
  for (const { path, endpoints } of options.routes) {
    const item: Json = (paths[`/api/v1${path}`] ??= {});
    for (const method of METHODS) {
      const found = endpoints[method];
      if (found) item[method.toLowerCase()] = describeEndpoint(path, method, found);
    }
  }
  for (const machine of options.machines) (paths[machine.path] ??= {}).post = describeMachine(machine);
  return {
    openapi: "3.1.0",
    info: {
      title: "Gatehouse",
      version: API_VERSION,
      description:
        "Who may call which tool on which MCP server. Errors are RFC 9457 problem+json with a stable `code`.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemSchema, "output") },
      securitySchemes: {
        adminToken: {
          type: "http",
          scheme: "bearer",
          description: "A static token of the built-in server: gth_adm_…",
        },
        serverKey: { type: "http", scheme: "bearer", description: "The key of an MCP server: gth_srv_…" },
      },
    },
  };
}

function describeEndpoint(path: string, method: Method, found: Endpoint): Json {
  const parameters = [
    ...Object.keys(found.params).map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
    ...queryParameters(found.query),
    ...(method === "POST" ? [idempotencyKey] : []),
  ];
  const codes = new Set<ErrorCode>([
    ...COMMON,
    ...Object.values(found.params),
    ...found.errors,
    ...(method === "POST" || method === "PATCH" ? WITH_BODY : []),
    ...(method === "POST" ? WITH_KEY : []),
    ...(method === "DELETE" ? [] : (["validation_failed"] as const)),
  ]);
  return {
    operationId: operationId(path, method),
    summary: found.summary,
    tags: [path.split("/")[1] ?? ""],
    description: `Needs ${found.permissions.map((permission) => `\`${permission}\``).join(" or ")}.`,
    security: [{ adminToken: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(found.body ? { requestBody: body("application/json", jsonSchema(found.body, "input")) } : {}),
    responses: { [String(found.status)]: success(found), ...problems(codes) },
  };
}

function describeMachine(machine: MachineEndpoint): Json {
  return {
    operationId: operationId(machine.path.replace(/^\/api\/v1/, ""), "POST"),
    summary: machine.summary,
    tags: ["machines"],
    security: machine.byPossession ? [{}] : [{ serverKey: [] }],
    requestBody: body(machine.requestType ?? "application/json", jsonSchema(machine.request, "input")),
    responses: {
      [String(machine.status)]: machine.response
        ? json("Success", jsonSchema(machine.response, "output"))
        : { description: "Success" },
      ...problems(new Set(machine.errors)),
    },
  };
}

/** `/tokens/{id}/rotate` + POST → `post_tokens_id_rotate`: unique, because a path and a method are. */
function operationId(path: string, method: Method): string {
  return `${method.toLowerCase()}${path.replace(/[{}]/g, "").replace(/[^A-Za-z0-9]+/g, "_")}`;
}

function queryParameters(query: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = jsonSchema(query, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    ...(schema.type === "array" ? { style: "form", explode: true } : {}),
    schema,
  }));
}

const body = (type: string, schema: Json): Json => ({ required: true, content: { [type]: { schema } } });
const json = (description: string, schema: Json): Json => ({
  description,
  content: { "application/json": { schema } },
});

function success(found: Endpoint): Json {
  if (found.downloads.length > 0) {
    const content = Object.fromEntries(found.downloads.map((type) => [type, { schema: { type: "string" } }]));
    return { description: "The download", content };
  }
  return found.response ? json("Success", jsonSchema(found.response, "output")) : { description: "Done" };
}

/** One response per status, its codes told in the description. */
function problems(codes: ReadonlySet<ErrorCode>): Json {
  const responses: Record<string, Json> = {};
  const statuses = new Set([...codes].map((code) => HTTP_ERRORS[code].status));
  for (const status of [...statuses].sort()) {
    const same = [...codes].filter((code) => HTTP_ERRORS[code].status === status).sort();
    responses[String(status)] = {
      description: same.map((code) => `\`${code}\`: ${HTTP_ERRORS[code].title}.`).join(" "),
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    };
  }
  return responses;
}
