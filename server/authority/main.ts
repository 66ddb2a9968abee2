import { closeDb } from "@/lib/db";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { startCaching } from "@/lib/validate/fact-cache";
import { followLauncher, tellLauncher } from "../channel";
import { drain } from "../drain";
import { portSentence } from "../port";
import { parseTrustedProxies } from "./client-ip";
import { healthRoutes } from "./health";
import { createListener } from "./listener";
import { createConsoleProxy } from "./proxy";
import { OAuthEngine } from "./oauth/engine";
import { OAuthMount } from "./oauth/mount";
import { closeMachine, machineRoutes } from "./routes";

/** The authority: the public listener. Started by the launcher, which tells it where the console is. */
async function main(): Promise<void> {
  const { HOST, PORT, DATABASE_URL, GATEHOUSE_URL, GATEHOUSE_INTERNAL_SECRET, GATEHOUSE_TRUSTED_PROXIES } = env();
  if (!GATEHOUSE_INTERNAL_SECRET) throw new Error("GATEHOUSE_INTERNAL_SECRET is not set: the launcher sets it");
  if (!DATABASE_URL) throw new Error("DATABASE_URL is not set: the launcher sets it");
  startCaching(DATABASE_URL);
  const publicUrl = new URL(GATEHOUSE_URL);
  const proxy = createConsoleProxy({ secret: GATEHOUSE_INTERNAL_SECRET, publicUrl });
  const engine = new OAuthEngine();
  await engine.start();
  const server = createListener({
    publicUrl,
    oauth: new OAuthMount(engine, publicUrl),
    proxy,
    trusted: parseTrustedProxies(GATEHOUSE_TRUSTED_PROXIES),
    routes: [...machineRoutes, ...(await healthRoutes("prisma/migrations"))],
  });
  followLauncher({
    message: (message) => {
      if (message.kind === "console") proxy.setPort(message.port);
    },
    stop: async () => {
      await drain(server);
      proxy.close();
      engine.close();
      await closeMachine();
      await closeDb();
    },
  });
  server.on("error", (error: NodeJS.ErrnoException) => {
    tellLauncher({ kind: "failed", message: portSentence(error, HOST, PORT) }, () => process.exit(1));
  });
  server.listen(PORT, HOST, () => tellLauncher({ kind: "listening", port: PORT }));
}

main().catch((error: unknown) => {
  log.error({ err: error }, "The authority did not start");
  process.exit(1);
});
