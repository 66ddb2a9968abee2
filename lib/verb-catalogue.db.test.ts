import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { AUDIT_ACTIONS } from "@/lib/audit/catalogue";
import { PERMISSIONS } from "@/lib/authz/permissions";
import { useTestDatabase } from "@/lib/testing/database";
import type { Verb } from "@/lib/verb";

useTestDatabase();

const LIB = fileURLToPath(new URL(".", import.meta.url));
type AnyVerb = Verb<unknown, unknown>;

function isVerb(value: unknown): value is AnyVerb {
  return typeof value === "function" && "definition" in value;
}

/** Every verb that any module of `lib/` exports, by the names of file and export. */
async function allVerbs(): Promise<[string, AnyVerb][]> {
  const files = readdirSync(LIB, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.ts$/.test(file) && !/\.test\.ts$|^generated\b|^testing\b/.test(file),
  );
  const verbs: [string, AnyVerb][] = [];
  for (const file of files.sort()) {
    const module = (await import(join(LIB, file))) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) if (isVerb(value)) verbs.push([`${file} ${name}`, value]);
  }
  return verbs;
}

const verbs = await allVerbs();
const isOpen = ({ definition }: AnyVerb) => definition.permission === "anyone";
/**
 * The verbs before signing in, and those by which OAuth clients introduce themselves as the policy lets them; their own tests
 * prove them. A new one must be added here, knowingly.
 */
const OPEN = [
  "oauth/self-registration.ts registerDynamicClient",
  "oauth/self-registration.ts keepDocument",
  "session/accept-invitation.ts readInvitation",
  "session/accept-invitation.ts acceptInvitation",
  "session/first-run.ts completeFirstRun",
  "session/reset-password.ts completeReset",
];

describe("every verb", () => {
  it("is found", () => {
    expect(verbs.map(([name]) => name)).toEqual(expect.arrayContaining(["agent/create.ts createAgent"]));
    expect(verbs.length).toBeGreaterThan(20);
  });

  it.each(verbs)("%s has an action of the catalogue and a permission that exists", (_name, { definition }) => {
    expect(Object.keys(AUDIT_ACTIONS)).toContain(definition.action);
    if (definition.permission === "anyone") return;
    const permissions = [definition.permission].flat();
    expect(permissions.length).toBeGreaterThan(0);
    for (const permission of permissions) expect(PERMISSIONS).toContain(permission);
  });

  it("is behind a permission, but for those whose input is the proof", () => {
    expect(verbs.filter(([, verb]) => isOpen(verb)).map(([name]) => name)).toEqual(OPEN);
  });
});
