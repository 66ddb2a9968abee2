import { existsSync } from "node:fs";
import { runStep, SetupError } from "./run.mjs";

const PYTHON = "/usr/bin/python3";
const SWIFT = "/usr/lib/python3/dist-packages/swift/common/middleware/s3api/s3api.py";

/** The Python that has OpenStack Swift, the S3 server of the tests: the machine's own, or else Debian's. It starts no service. */
export async function ensureSwift() {
  const present = () => process.env.GATEHOUSE_TEST_SWIFT_PYTHON ?? (existsSync(SWIFT) ? PYTHON : undefined);
  if (!present() && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const env = { ...process.env, RUNLEVEL: "1", DEBIAN_FRONTEND: "noninteractive" };
    const args = ["install", "-y", "--no-install-recommends", "python3-swift"];
    await runStep("Installing OpenStack Swift for the tests", "apt-get", args, { env }).catch(() => undefined);
  }
  const python = present();
  if (python) return python;
  throw new SetupError(
    "There is no OpenStack Swift for the tests: install python3-swift, or set GATEHOUSE_TEST_SWIFT_PYTHON to a Python that has it.",
  );
}
