import { Counter, Gauge } from "prom-client";
import { factCache } from "@/lib/validate/fact-cache";
import { strangers } from "@/lib/validate/strangers";
import { registry } from "@/lib/metrics";

const registers = [registry];
const TABLES = ["keys", "servers", "tokens"] as const;

new Gauge({
  name: "gatehouse_lease_remaining_seconds",
  help: "How long this process may still answer from its cache; 0 where its lease has ended.",
  registers,
  collect() {
    this.set((factCache()?.lease.remainingMs ?? 0) / 1000);
  },
});
new Gauge({
  name: "gatehouse_lease_cursor",
  help: "The number of the last change that this process applied to its cache.",
  registers,
  collect() {
    this.set(factCache()?.lease.cursor ?? 0);
  },
});
new Gauge({
  name: "gatehouse_strangers_waiting",
  help: "Calls with an unknown token or key that wait for their turn behind others of their kind.",
  registers,
  collect() {
    this.set(strangers.waiting);
  },
});
new Gauge({
  name: "gatehouse_cache_entries",
  help: "Facts in the cache, by table.",
  labelNames: ["table"],
  registers,
  collect() {
    for (const table of TABLES) this.set({ table }, factCache()?.[table].size ?? 0);
  },
});
new Counter({
  name: "gatehouse_cache_lookups_total",
  help: "Look-ups in the cache, by table and result. A hit under an ended lease is not used.",
  labelNames: ["table", "result"],
  registers,
  collect() {
    this.reset();
    for (const table of TABLES) {
      this.inc({ table, result: "hit" }, factCache()?.[table].hits ?? 0);
      this.inc({ table, result: "miss" }, factCache()?.[table].misses ?? 0);
    }
  },
});
