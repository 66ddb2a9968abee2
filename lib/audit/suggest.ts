import "server-only";
import { z } from "zod";
import type { Tx } from "@/lib/db";
import { defineRead } from "@/lib/verb";
import { KINDS, type Named } from "./compile";
import { exactly, MADE } from "./language/ast";
import { LOOKED_UP, type Option } from "./language/options";
import { printValue } from "./language/print";
import { literally } from "./like";
import { idsOf, type NamedKind } from "./names";
import { READ_AUDIT } from "./search";

/** What is typed after a qualifier whose values are names. */
export const suggestAuditSchema = z.strictObject({
  name: z.enum(LOOKED_UP),
  typed: z
    .string()
    .max(200)
    .transform((text) => text.toWellFormed().replaceAll("\0", "")),
});
export type SuggestAuditInput = z.infer<typeof suggestAuditSchema>;

const MAX_PER_KIND = 8;
const MAX_OPTIONS = 12;

/** `text` means it by a word that people know; `id` where that word means other things too. Tools and scopes are their names. */
type Thing = { id?: string; text: string; detail: string };

function finders(db: Tx, typed: string): Record<NamedKind | "scope", () => Promise<Thing[]>> {
  const has = { contains: literally(typed), mode: "insensitive" as const };
  const page = { take: MAX_PER_KIND, orderBy: { name: "asc" as const } };
  const ofServer = { distinct: ["name" as const], include: { server: { select: { name: true } } } };
  return {
    person: async () =>
      (await db.person.findMany({ where: { OR: [{ name: has }, { email: has }] }, ...page })).map((person) => ({
        ...{ id: person.id, text: person.email, detail: person.name },
      })),
    server: async () =>
      (await db.mcpServer.findMany({ where: { OR: [{ name: has }, { slug: has }, { resource: has }] }, ...page })).map(
        (server) => ({ id: server.id, text: server.slug, detail: server.name }),
      ),
    agent: async () =>
      (await db.agent.findMany({ where: { name: has }, ...page })).map(({ id, name }) => ({
        id,
        text: name,
        detail: id,
      })),
    role: async () =>
      (await db.role.findMany({ where: { name: has }, ...page })).map(({ id, name }) => ({
        id,
        text: name,
        detail: id,
      })),
    token: async () =>
      (await db.token.findMany({ where: { OR: [{ name: has }, { lastFour: typed.slice(-4) }] }, ...page })).map(
        ({ id, kind, lastFour, name }) => ({ id, text: `gth_${kind}_…${lastFour}`, detail: name }),
      ),
    tool: async () =>
      (await db.tool.findMany({ where: { name: has }, ...page, ...ofServer })).map(({ name, server }) => ({
        ...{ text: name, detail: server.name },
      })),
    scope: async () =>
      (await db.scope.findMany({ where: { name: has }, ...page, ...ofServer })).map(({ name, server }) => ({
        ...{ text: name, detail: server.name },
      })),
  };
}

/** Values of a qualifier that hold what is typed, as they are written in a query. */
export const suggestAudit = defineRead(
  READ_AUDIT,
  async ({ db }, { name, typed }: SuggestAuditInput): Promise<Option[]> => {
    const find = finders(db, typed);
    const kinds = name === "tool" || name === "scope" ? [name] : KINDS[name];
    const found = (await Promise.all(kinds.map((kind) => find[kind]()))).flat().slice(0, MAX_OPTIONS);
    const alone = async ({ id, text }: Thing) =>
      id === undefined || name === "tool" || name === "scope" || (await meansOne(db, name, text)) ? text : id;
    return Promise.all(
      found.map(async (thing) => {
        const text = await alone(thing);
        return { text: printValue(name, exactly(text)), detail: text === thing.text ? thing.detail : thing.text };
      }),
    );
  },
);

const meansOne = async (db: Tx, name: Named, text: string): Promise<boolean> =>
  (await idsOf(db, name, { type: "is", text, openStart: false, openEnd: false, ...MADE }, KINDS[name])).length === 1;
