import type { AddressInfo } from "node:net";
import { createListener, type ListenerLimits } from "../listener";
import { healthRoutes } from "../health";
import { OAuthEngine } from "../oauth/engine";
import { OAuthMount } from "../oauth/mount";
import { parseTrustedProxies } from "../client-ip";
import { createConsoleProxy } from "../proxy";
import { machineRoutes } from "../routes";

/** The public listener with everything that the authority answers itself, on a free loopback port. No console is behind it, and no OAuth engine runs. */
export async function startAuthority(limits?: ListenerLimits): Promise<{ port: number; close: () => Promise<void> }> {
  const publicUrl = new URL("http://localhost");
  const proxy = createConsoleProxy({ secret: "x".repeat(32), publicUrl });
  const listener = createListener({
    publicUrl,
    proxy,
    oauth: new OAuthMount(new OAuthEngine(), publicUrl),
    trusted: parseTrustedProxies(undefined),
    routes: [...machineRoutes, ...(await healthRoutes("prisma/migrations"))],
    limits,
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    async close() {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
      proxy.close();
    },
  };
}
