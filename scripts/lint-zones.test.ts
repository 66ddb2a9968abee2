import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";

/** The linter's zones and restrictions alone; whether a rule refuses is seen by giving it what it must refuse. */
const eslint = new ESLint({
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  ruleFilter: ({ ruleId }) => ruleId.startsWith("no-restricted-"),
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

async function faults(filePath: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath });
  return (result?.messages ?? []).filter(({ severity }) => severity === 2).map(({ ruleId }) => ruleId);
}
const imports = (from: string) => `import { x } from "${from}"; void x;`;

describe("the linter refuses", () => {
  it.each([
    ["lib/token/mint.ts", "@/app/_lib/ctx"],
    ["lib/token/mint.ts", "../../components/ui/card"],
    ["lib/token/mint.ts", "@/server/authority/listener"],
    ["lib/http/route.ts", "@/cli/main"],
    ["lib/authz/require.ts", "@/lib/token/mint"],
    ["lib/audit/write.ts", "../token/get"],
    ["lib/errors.ts", "@/lib/role/resolve"],
    ["lib/crypto/hmac.ts", "@/lib/key/issue"],
    ["lib/audit/write.ts", "@/app/_lib/ctx"],
    ["lib/validate/load.ts", "@/lib/token/revoke"],
    ["lib/validate/load.ts", "@/lib/agent/create"],
    ["lib/validate/load.ts", "@/components/ui/card"],
    ["app/(console)/tokens/page.tsx", "@/lib/generated/prisma/client.ts"],
    ["app/api/v1/tokens/route.ts", "pg"],
    ["app/_lib/ctx.ts", "@/server/authority/routes"],
    ["components/ui/card.tsx", "@/lib/db"],
    ["components/ui/card.tsx", "@/lib/env"],
    ["components/ui/card.tsx", "server-only"],
    ["components/ui/card.tsx", "@/app/_lib/load"],
  ])("in %s an import of %s", async (file, from) => {
    expect(await faults(file, imports(from))).toEqual(["no-restricted-imports"]);
  });

  it.each(["lib/token/mint.ts", "app/page.tsx", "components/ui/card.tsx"])("process.env in %s", async (file) => {
    expect(await faults(file, "void process.env.HOME;")).toEqual(["no-restricted-properties"]);
  });

  it.each([
    ["app/(console)/tokens/actions.ts", "export async function mint() {}"],
    ["app/(console)/tokens/actions.ts", "export const mint = async () => {};"],
    ["app/(console)/tokens/actions.ts", "export const mint = other();"],
    ["app/(console)/tokens/actions.ts", "export default 1;"],
    ["app/(console)/tokens/actions.ts", 'export * from "./other";'],
    ["app/api/v1/tokens/route.ts", "export async function GET() {}"],
    ["app/api/v1/tokens/[id]/route.ts", "export const GET = () => new Response();"],
  ])("in %s: %s", async (file, code) => {
    expect(await faults(file, code)).toEqual(["no-restricted-syntax"]);
  });
});

describe("the linter lets pass", () => {
  it.each([
    ["lib/token/mint.ts", imports("@/lib/role/schema")],
    ["lib/authz/permissions.ts", imports("@/lib/person/console-role")],
    ["lib/validate/load.ts", imports("@/lib/role/resolve")],
    ["lib/env.ts", "void process.env.HOME;"],
    ["app/(console)/tokens/page.tsx", imports("@/lib/token/list")],
    ["app/(console)/tokens/actions.ts", "export const mint = defineAction(1, 2);"],
    ["app/api/v1/tokens/route.ts", "export const GET = defineRoute({});"],
    ["components/token/flags.ts", imports("@/lib/token/schema")],
  ])("in %s: %s", async (file, code) => expect(await faults(file, code)).toEqual([]));
});
