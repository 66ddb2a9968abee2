import { existsSync } from "node:fs";
import { runStep, SetupError } from "./run.mjs";

const PROGRAM = "/usr/sbin/rsyslogd";
/** Where Debian's package of each processor has rsyslog's TLS driver. */
const TLS_DRIVERS = ["x86_64-linux-gnu", "aarch64-linux-gnu"].flatMap((machine) =>
  ["/usr/lib", "/lib"].map((folder) => `${folder}/${machine}/rsyslog/lmnsd_gtls.so`),
);

/** The syslog daemon for the tests, with TLS: the machine's own, or else Debian's, which is installed without starting it. */
export async function ensureSyslog() {
  const present = () =>
    process.env.GATEHOUSE_TEST_RSYSLOGD ??
    (existsSync(PROGRAM) && TLS_DRIVERS.some((path) => existsSync(path)) ? PROGRAM : undefined);
  if (!present() && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const env = { ...process.env, RUNLEVEL: "1", DEBIAN_FRONTEND: "noninteractive" };
    const args = ["install", "-y", "--no-install-recommends", "rsyslog", "rsyslog-gnutls"];
    await runStep("Installing rsyslog for the tests", "apt-get", args, { env }).catch(() => undefined);
  }
  const program = present();
  if (program) return program;
  throw new SetupError(
    "There is no rsyslog for the tests: install rsyslog and rsyslog-gnutls, or set GATEHOUSE_TEST_RSYSLOGD.",
  );
}
