import { until } from "../../process-tests/gatehouse";
import type { Witness } from "./witness";

/** How commits of what was signed stumble: they are refused, or take so long, ms. */
export type Stumble = { refuse: boolean; delayMs: number };

const SURE: Stumble = { refuse: false, delayMs: 0 };

/** What a failing or slow disk does: the commit of a checkpoint comes late, or not at all. A deferred trigger runs within it. */
const TRIGGER = `
CREATE TABLE fault_test (refuse boolean NOT NULL, delay_ms integer NOT NULL);
INSERT INTO fault_test VALUES (false, 0);
CREATE FUNCTION fault_test_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stumble fault_test;
BEGIN
  SELECT * INTO stumble FROM fault_test;
  PERFORM pg_sleep(stumble.delay_ms / 1000.0);
  IF stumble.refuse THEN RAISE EXCEPTION 'the commit is refused by the fault test'; END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fault_test_at_commit AFTER INSERT ON audit_checkpoint
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fault_test_at_commit()`;

/** Makes commits of checkpoints stumble, where they are told to. */
export class Stumbling {
  constructor(private readonly witness: Witness) {}

  async install(): Promise<void> {
    await this.witness.query(TRIGGER);
  }

  /** From the next transaction on; as soon as the database answers. */
  async set({ refuse, delayMs }: Stumble): Promise<void> {
    await until(() =>
      this.witness.query("UPDATE fault_test SET refuse = $1, delay_ms = $2", [refuse, delayMs]).then(
        () => true,
        () => false,
      ),
    );
  }

  end(): Promise<void> {
    return this.set(SURE);
  }

  /** Waits until the integrator is within a commit that takes its time. */
  async underWay(): Promise<void> {
    await until(async () => {
      const { rows } = await this.witness.query(
        "SELECT FROM pg_stat_activity WHERE application_name = 'gatehouse-keeper integrator' AND wait_event = 'PgSleep'",
      );
      return rows.length > 0;
    });
  }
}
