import { ProductProcess } from "./product-process";

type Options = {
  /** The bundle that it runs. */
  script: string;
  port: number;
  databaseUrl: string;
  secret: string;
};

/** One authority. */
export class AuthorityProcess extends ProductProcess {
  readonly port: number;

  constructor({ script, port, databaseUrl, secret }: Options) {
    super({
      name: `the authority at ${port}`,
      script,
      says: "listening",
      env: {
        PORT: String(port),
        GATEHOUSE_URL: `http://localhost:${port}`,
        DATABASE_URL: databaseUrl,
        GATEHOUSE_SECRET: secret,
        GATEHOUSE_INTERNAL_SECRET: "a secret between processes that no console shares here",
      },
    });
    this.port = port;
  }
}
