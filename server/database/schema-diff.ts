import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

/** The type `"char"`, which PostgreSQL's catalogue alone uses: Prisma's adapter refuses it, and its engine reads the catalogue. */
const CATALOGUE_CHAR_OID = 18;
const TEXT_OID = 25;

/** Which columns of an answer were of the type `"char"`, by the answer's rows. */
const catalogueChars = new WeakMap<object, readonly number[]>();

/** Says `text` in place of `"char"`, and remembers where. */
class CataloguePool extends pg.Pool {
  override query(...args: unknown[]): never {
    const ask = super.query.bind(this) as (...all: unknown[]) => Promise<pg.QueryResult>;
    const answer = ask(...args).then((result) => {
      const chars = result.fields.flatMap(({ dataTypeID }, nth) => (dataTypeID === CATALOGUE_CHAR_OID ? [nth] : []));
      for (const nth of chars) Object.assign(result.fields[nth] ?? {}, { dataTypeID: TEXT_OID });
      catalogueChars.set(result.rows, chars);
      return result;
    });
    return answer as never; // pg's overloads end in one that returns nothing; the adapter awaits the promise
  }
}

/** Tells the engine which texts are characters. */
class CatalogueAdapter extends PrismaPg {
  override async connect(): Promise<Awaited<ReturnType<PrismaPg["connect"]>>> {
    const connection = await super.connect();
    const queryRaw = connection.queryRaw.bind(connection);
    connection.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const nth of catalogueChars.get(result.rows) ?? []) result.columnTypes[nth] = ColumnTypeEnum.Character;
      return result;
    };
    return connection;
  }
}

let loaded = false;

/** Prisma's schema engine as WebAssembly: an npm package, where the native one is a download of its own. */
function loadEngine(): typeof bindings {
  if (loaded) return bindings;
  const main = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm");
  const wasm = new WebAssembly.Module(readFileSync(main.replace(/\.js$/, "_bg.wasm")));
  const modules = WebAssembly.Module.imports(wasm).map(({ module }) => [module, bindings] as const);
  const { exports } = new WebAssembly.Instance(wasm, Object.fromEntries(modules) as unknown as WebAssembly.Imports);
  bindings.__wbg_set_wasm(exports);
  (exports.__wbindgen_start as () => void)();
  loaded = true;
  return bindings;
}

/**
 * The SQL that would bring a database's tables, columns, types, defaults, indexes and keys to what a Prisma schema says;
 * the empty string where they agree. What that language cannot say (checks, triggers, partial indexes) is not compared.
 */
export async function schemaDiff(databaseUrl: string, schemaFile = "prisma/schema.prisma"): Promise<string> {
  const { SchemaEngine } = loadEngine();
  const file = { path: resolve(schemaFile), content: readFileSync(schemaFile, "utf8") };
  const pool = new CataloguePool({ connectionString: databaseUrl, application_name: "gatehouse-schema-diff" });
  try {
    const adapter = bindMigrationAwareSqlAdapterFactory(new CatalogueAdapter(pool));
    const engine = await SchemaEngine.new({ datamodels: [[file.path, file.content]] }, () => undefined, adapter);
    const { exitCode, stdout } = await engine.diff({
      from: { tag: "schemaDatasource", files: [file], configDir: resolve(".") },
      to: { tag: "schemaDatamodel", files: [file] },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 0 ? "" : (stdout ?? "");
  } finally {
    await pool.end();
  }
}
