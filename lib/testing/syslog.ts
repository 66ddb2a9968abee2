import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:net";
import { freePort } from "@/server/database/embedded";
import { makeCertificate } from "./certificate";

const PROGRAMS = [process.env.GATEHOUSE_TEST_RSYSLOGD ?? "", "/usr/sbin/rsyslogd"];

/** One message as the daemon understood it. */
export type Logged = Record<"pri" | "time" | "host" | "app" | "msgid" | "msg", string>;

/** A real rsyslog that takes syslog over TLS, and writes each message down as a line of JSON. */
export class TestSyslog {
  readonly ca: string;
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "gatehouse-syslog-"));
  #process: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
    const { cert, key } = makeCertificate(["localhost"]);
    this.ca = cert;
    writeFileSync(join(this.#folder, "cert.pem"), cert);
    writeFileSync(join(this.#folder, "key.pem"), key, { mode: 0o600 });
    writeFileSync(join(this.#folder, "rsyslog.conf"), this.#configuration());
  }

  static async begin(): Promise<TestSyslog> {
    const daemon = new TestSyslog(await freePort());
    await daemon.start();
    return daemon;
  }

  async start(): Promise<void> {
    const program = PROGRAMS.find((path) => path && existsSync(path));
    if (!program) throw new Error("there is no rsyslogd: `npm test` sees to one, or set GATEHOUSE_TEST_RSYSLOGD");
    const args = ["-n", "-f", join(this.#folder, "rsyslog.conf"), "-i", join(this.#folder, "pid")];
    this.#process = spawn(program, args, { stdio: "ignore" });
    while (!(await this.#listens())) await sleep(50);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((done) => running.once("exit", done));
    running.kill(signal);
    await ended;
  }

  /** Everything that it has written down. */
  messages(): Logged[] {
    const file = join(this.#folder, "out");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
    return lines.map((line) => JSON.parse(line) as Logged);
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #listens(): Promise<boolean> {
    return new Promise((done) => {
      const socket = connect(this.port, "127.0.0.1");
      socket.once("connect", () => (socket.destroy(), done(true)));
      socket.once("error", () => done(false));
    });
  }

  #configuration(): string {
    const at = (name: string) => join(this.#folder, name);
    return `
global(workDirectory="${this.#folder}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off"
  defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="${at("cert.pem")}"
  defaultNetstreamDriverCertFile="${at("cert.pem")}" defaultNetstreamDriverKeyFile="${at("key.pem")}")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
template(name="line" type="list" option.jsonf="on") {
  property(outname="pri" name="pri" format="jsonf")
  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="app" name="app-name" format="jsonf")
  property(outname="msgid" name="msgid" format="jsonf")
  property(outname="msg" name="msg" format="jsonf")
}
ruleset(name="keep") { action(type="omfile" file="${at("out")}" template="line") }
input(type="imtcp" port="${this.port}" address="127.0.0.1" ruleset="keep")
`;
  }
}
