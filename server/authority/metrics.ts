import { collectDefaultMetrics, Gauge } from "prom-client";
import { type Count, Distribution, registry, Tally } from "@/lib/metrics";
import { runtime } from "@/lib/validate/runtime";

collectDefaultMetrics({ register: registry });

const duration = new Distribution(
  "gatehouse_http_request_duration_seconds",
  "Time from the request's head to the answer's end.",
  [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
);
const requests = new Tally("gatehouse_http_requests_total", "Answers, by route, method and status.");

let underWay = 0;
new Gauge({
  name: "gatehouse_http_requests_under_way",
  help: "Requests that have not been answered yet.",
  registers: [registry],
  collect() {
    this.set(underWay);
  },
});
new Gauge({
  name: "gatehouse_audit_entries_waiting",
  help: "Audit entries of decisions that wait for their commit, or are in it.",
  registers: [registry],
  collect() {
    this.set(runtime().recorder.waiting);
  },
});

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What is counted of one route, which is from a fixed set and never a caller's text. */
export class RouteMeter {
  readonly #route: string;
  readonly #seconds;
  readonly #answers = new Map<string, Map<number, Count>>();

  constructor(route: string) {
    this.#route = route;
    this.#seconds = duration.of({ route });
  }

  /** A request began. Each is ended once. */
  begin(): void {
    underWay += 1;
  }

  /** Its answer ended. */
  end(method: string, status: number, seconds: number): void {
    underWay -= 1;
    this.#seconds.observe(seconds);
    this.#count(method, status).value++;
  }

  #count(given: string, status: number): Count {
    // Any method can be sent: only the usual ones become labels, so that nobody can fill the memory with them.
    const method = METHODS.has(given) ? given : "other";
    let byStatus = this.#answers.get(method);
    if (!byStatus) this.#answers.set(method, (byStatus = new Map()));
    let count = byStatus.get(status);
    if (!count) byStatus.set(status, (count = requests.of({ route: this.#route, method, status: String(status) })));
    return count;
  }
}

/** Everything in Prometheus' text format. */
export async function metricsText(): Promise<{ contentType: string; body: string }> {
  return { contentType: registry.contentType, body: await registry.metrics() };
}
