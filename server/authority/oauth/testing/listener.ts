import { afterAll, beforeAll } from "vitest";
import { freePort } from "@/server/database/embedded";
import { closeRuntime } from "@/lib/validate/runtime";
import { stopCaching } from "@/lib/validate/fact-cache";
import { parseTrustedProxies } from "../../client-ip";
import { createListener } from "../../listener";
import { createConsoleProxy } from "../../proxy";
import { machineRoutes } from "../../routes";
import { OAuthEngine } from "../engine";
import { OAuthMount } from "../mount";

/** A fetch by path or address; redirects are the test's to follow. */
export type Reach = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** The public listener with the OAuth engine, as the authority runs it, for the tests of one file. There is no console behind it. */
export function useListener(): { reach: Reach; issuer: () => string } {
  let issuer = "";
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const port = await freePort();
    // Before `env()` is read, which is once.
    issuer = process.env.GATEHOUSE_URL = `http://localhost:${port}`;
    const publicUrl = new URL(issuer);
    const engine = new OAuthEngine();
    const proxy = createConsoleProxy({ secret: "x".repeat(32), publicUrl });
    const listener = createListener({
      publicUrl,
      proxy,
      oauth: new OAuthMount(engine, publicUrl),
      trusted: parseTrustedProxies(undefined),
      routes: machineRoutes,
    });
    await engine.start();
    await new Promise<void>((resolve) => listener.listen(port, "localhost", resolve));
    stop = async () => {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
      proxy.close();
      engine.close();
    };
  });
  afterAll(async () => {
    await stop();
    await stopCaching();
    await closeRuntime();
  });
  const reach: Reach = (url, init = {}) => fetch(new URL(url, issuer), { ...init, redirect: "manual" });
  return { reach, issuer: () => issuer };
}
