import { existsSync } from "node:fs";
import { runStep, SetupError } from "./run.mjs";

const PROGRAMS = ["valkey-server", "redis-server"].flatMap((name) => [`/usr/bin/${name}`, `/usr/local/bin/${name}`]);

/** The Redis or Valkey server for the tests: the machine's own, or else Debian's, which is installed without starting it. */
export async function ensureRedis() {
  const present = () => process.env.GATEHOUSE_TEST_REDIS_SERVER ?? PROGRAMS.find((path) => existsSync(path));
  if (!present() && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const env = { ...process.env, RUNLEVEL: "1" };
    await runStep("Installing Redis for the tests", "apt-get", ["install", "-y", "redis-server"], { env }).catch(
      () => undefined,
    );
  }
  const program = present();
  if (program) return program;
  throw new SetupError(
    "There is no Redis for the tests: install redis-server or valkey-server, or set GATEHOUSE_TEST_REDIS_SERVER.",
  );
}
