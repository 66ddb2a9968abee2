import { readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { definitionOf, type Handler } from "@/lib/http/route";
import { machineRoutes } from "@/server/authority/routes";
import { catalogue } from "./_catalogue";
import { machines } from "./_machines";
import { GET } from "./openapi.json/route";

const here = fileURLToPath(new URL(".", import.meta.url));
/** The folders with a route.ts, as paths: `agents/[id]`, `tile/[...index]`. */
const folders = readdirSync(here, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(`${sep}route.ts`))
  .map((file) => file.slice(0, -`${sep}route.ts`.length).split(sep).join("/"))
  .filter((folder) => !["[...rest]", "openapi.json"].includes(folder));

const anyObject = z.record(z.string(), z.unknown());
const parameterSchema = z.strictObject({
  name: z.string(),
  in: z.enum(["path", "query", "header"]),
  required: z.boolean(),
  description: z.string().optional(),
  style: z.literal("form").optional(),
  explode: z.boolean().optional(),
  schema: anyObject,
});
const contentSchema = z.record(z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/), z.strictObject({ schema: anyObject }));
const responseSchema = z.strictObject({ description: z.string().min(1), content: contentSchema.optional() });
const operationSchema = z.strictObject({
  operationId: z.string().regex(/^[a-z0-9_A-Z]+$/),
  summary: z.string().min(1),
  description: z.string().optional(),
  tags: z.array(z.string().min(1)),
  security: z.array(z.record(z.string(), z.array(z.string()))).min(1),
  parameters: z.array(parameterSchema).optional(),
  requestBody: z.strictObject({ required: z.boolean(), content: contentSchema }).optional(),
  responses: z.record(z.string().regex(/^[1-5]\d\d$/), responseSchema),
});
const documentSchema = z.strictObject({
  openapi: z.literal("3.1.0"),
  info: z.strictObject({
    title: z.string(),
    version: z.string(),
    description: z.string(),
    license: z.strictObject({ name: z.string(), identifier: z.string() }),
  }),
  servers: z.array(z.strictObject({ url: z.string() })),
  paths: z.record(
    z.string().startsWith("/"),
    z.record(z.enum(["get", "post", "patch", "delete"]).or(z.string()), operationSchema),
  ),
  components: z.strictObject({
    schemas: z.record(z.string(), anyObject),
    securitySchemes: z.record(z.string(), anyObject),
  }),
});

const read = async () => {
  const raw = anyObject.parse(await GET().json());
  return { raw, document: documentSchema.parse(raw) };
};

/** Every value of a key, however deep. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => [...(name === key ? [item] : []), ...valuesOf(item, key)]);
}

describe("the OpenAPI document", () => {
  it("is what the official schema of OpenAPI 3.1 says", async () => {
    const { raw } = await read();
    const broken = { ...raw, paths: { "/x": { get: { responses: { ok: {} } } } } };
    expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
    expect(await new Validator().validate(structuredClone(raw))).toEqual({ valid: true });
  });

  it("has no schema that JSON Schema 2020-12 refuses", async () => {
    const { raw } = await read();
    const ajv = new Ajv2020({ strict: false });
    const schemas = [...valuesOf(raw, "schema"), ...Object.values((raw.components as { schemas: object }).schemas)];
    expect(ajv.validateSchema({ type: "txt" })).toBe(false);
    const refused = schemas.filter((schema) => ajv.validateSchema(schema as object) !== true);
    expect(refused).toEqual([]);
    expect(schemas.length).toBeGreaterThan(50);
  });

  it("describes every route file, and nothing that is not there", async () => {
    const { document } = await read();
    const fromFolders = folders.map(
      (folder) => `/api/v1/${folder.replaceAll(/\[(?:\.\.\.)?/g, "{").replaceAll("]", "}")}`,
    );
    const served = new Set([...fromFolders, ...machines.map(({ path }) => path)]);
    expect(Object.keys(document.paths).sort()).toEqual([...served].sort());
  });

  it("describes everything that the authority answers to machines", () => {
    const answered = machineRoutes.filter(({ method }) => method !== "OPTIONS").map(({ path }) => path);
    expect(machines.map(({ path }) => path).sort()).toEqual([...answered].sort());
  });

  it("knows each route under the path of its own folder", async () => {
    const known = new Set(catalogue.map(({ path }) => path));
    for (const folder of folders.filter((name) => !name.startsWith("validate"))) {
      const route = (await import(/* @vite-ignore */ join(here, folder, "route.ts"))) as { GET: Handler };
      const path = `/${folder.replaceAll(/\[(?:\.\.\.)?/g, "{").replaceAll("]", "}")}`;
      expect(definitionOf(route.GET)?.path).toBe(path);
      expect(known).toContain(path);
    }
  });

  it("declares every parameter of its paths, and every operation once", async () => {
    const { document } = await read();
    const ids: string[] = [];
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const operation of Object.values(operations)) {
        ids.push(operation.operationId);
        const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        const declared = (operation.parameters ?? []).filter((one) => one.in === "path").map(({ name }) => name);
        expect(declared).toEqual(named);
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("refers to nothing that is not in it, and keeps to one schema dialect", async () => {
    const { raw } = await read();
    const refs = valuesOf(raw, "$ref");
    expect(refs.length).toBeGreaterThan(0);
    expect(new Set(refs)).toEqual(new Set(["#/components/schemas/Problem"]));
    expect(valuesOf(raw, "$schema")).toEqual([]);
  });

  it("tells for each call how it is authorised and how it may fail", async () => {
    const { document } = await read();
    for (const operation of Object.values(document.paths).flatMap((item) => Object.values(item))) {
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["401", "503"]));
    }
  });
});
