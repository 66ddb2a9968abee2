import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What is shipped says that it is of this version. */
const VERSION = "1.5.0";

type Attribute = {
  type?: string;
  is_array?: boolean;
  requirement?: string;
  enum?: Record<string, unknown>;
  sibling?: string;
  profile?: string | null;
  "@deprecated"?: unknown;
};
type Item = {
  name?: string;
  uid?: number;
  category?: string;
  extends?: string;
  attributes?: Record<string, Attribute | string | string[]>;
  constraints?: { at_least_one?: string[]; just_one?: string[] };
};
type Resolved = { attributes: Record<string, Attribute>; constraints: NonNullable<Item["constraints"]> };
type Type = { type?: string; regex?: string; max_len?: number; range?: [number, number] };
type Json = Record<string, unknown>;

const read = <T>(...path: string[]): T => JSON.parse(readFileSync(join(...path), "utf8")) as T;
const FOLDER = process.env.GATEHOUSE_OCSF_SCHEMA;

/** Why OCSF's own schema is not asked: it is in no package registry that a test could install it from. */
export const WITHOUT_OCSF_SCHEMA = "set GATEHOUSE_OCSF_SCHEMA to a checkout of github.com/ocsf/ocsf-schema at 1.5.0";

/** The schema, where there is a checkout of it; else null. */
export const ocsfSchema = (): OcsfSchema | null => (FOLDER ? new OcsfSchema(FOLDER) : null);

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * OCSF as its own repository has it (github.com/ocsf/ocsf-schema, Apache-2.0): what an event of a class must have and may have. It judges as
 * the schema server's `validate` does, of the core schema, and takes no field of a profile that the event does not name.
 */
class OcsfSchema {
  readonly #folder: string;
  readonly #dictionary: { attributes: Record<string, Attribute>; types: { attributes: Record<string, Type> } };
  readonly #categories: Record<string, { uid: number }>;
  readonly #items = { events: new Map<string, Item>(), objects: new Map<string, Item>() };

  constructor(folder: string) {
    if (!existsSync(join(folder, "dictionary.json"))) throw new Error(`${folder} is no checkout of ocsf/ocsf-schema`);
    this.#folder = folder;
    const { version } = read<{ version: string }>(folder, "version.json");
    if (version !== VERSION) throw new Error(`${folder} has OCSF ${version}, and what is shipped says ${VERSION}`);
    this.#dictionary = read(folder, "dictionary.json");
    this.#categories = read<{ attributes: Record<string, { uid: number }> }>(folder, "categories.json").attributes;
    for (const kind of ["events", "objects"] as const)
      for (const file of readdirSync(join(folder, kind), { recursive: true, encoding: "utf8" })) {
        if (!file.endsWith(".json")) continue;
        const item = read<Item>(folder, kind, file);
        if (item.name) this.#items[kind].set(item.name, item);
      }
  }

  /** Everything that the schema has against an event, a line each. */
  faultsOf(event: Json): string[] {
    const named = [...this.#items.events.values()].find((item) => item.uid !== undefined && this.#uidOf(item) === event.class_uid); // prettier-ignore
    if (!named?.name) return [`class_uid: there is no class ${String(event.class_uid)}`];
    const profiles = ((event.metadata as Json | undefined)?.profiles ?? []) as string[];
    // A checkout says nothing of these two values: the schema server makes them of the class's own.
    const { class_uid: _class, category_uid: _category, ...values } = this.#resolve("events", named.name).attributes;
    const own = { class_uid: { type: "integer_t" }, category_uid: { type: "integer_t" } };
    const resolved = { ...this.#resolve("events", named.name), attributes: { ...values, ...own } };
    const faults = this.#inItem(event, resolved, "", profiles);
    const category = this.#categories[this.#categoryOf(named)]?.uid;
    if (event.category_uid !== category) faults.push(`category_uid: is not ${category}`);
    if (event.type_uid !== Number(event.class_uid) * 100 + Number(event.activity_id))
      faults.push("type_uid: is another type's");
    return faults;
  }

  #categoryOf(item: Item): string {
    return item.category ?? this.#categoryOf(this.#items.events.get(item.extends ?? "") ?? { category: "other" });
  }

  #uidOf = (item: Item): number => (this.#categories[this.#categoryOf(item)]?.uid ?? 0) * 1000 + (item.uid ?? 0);

  #resolve(kind: "events" | "objects", name: string): Resolved {
    const item = this.#items[kind].get(name);
    if (!item) throw new Error(`OCSF has no ${name} among its ${kind}`);
    const base: Resolved = item.extends ? this.#resolve(kind, item.extends) : { attributes: {}, constraints: {} };
    const { $include: include = [], ...own } = item.attributes ?? {};
    const included = [include as string | string[]].flat().flatMap((file) => this.#included(file));
    const attributes = { ...base.attributes };
    for (const [key, attribute] of [...included, ...(Object.entries(own) as [string, Attribute][])])
      attributes[key] = merged(attributes[key] ?? this.#dictionary.attributes[key] ?? {}, attribute);
    return { attributes, constraints: item.constraints ?? base.constraints };
  }

  #included(file: string): [string, Attribute][] {
    const { name, attributes = {} } = read<Item>(this.#folder, file);
    return (Object.entries(attributes) as [string, Attribute][]).map(([key, attribute]) => [
      key,
      file.startsWith("profiles/") ? { profile: name ?? null, ...attribute } : attribute,
    ]);
  }

  #inItem(value: Json, { attributes, constraints }: Resolved, path: string, profiles: readonly string[]): string[] {
    const faults: string[] = [];
    const mine = (attribute: Attribute) => !attribute.profile || profiles.includes(attribute.profile);
    for (const [key, attribute] of Object.entries(attributes))
      if (attribute.requirement === "required" && mine(attribute) && value[key] === undefined)
        faults.push(`${path}${key}: is required`);
    for (const [key, inner] of Object.entries(value)) {
      const attribute = attributes[key];
      if (!attribute) faults.push(`${path}${key}: is no field there`);
      else if (!mine(attribute)) faults.push(`${path}${key}: is a field of the profile ${attribute.profile}`);
      else faults.push(...this.#inAttribute(inner, attribute, `${path}${key}`, profiles));
      if (attribute?.sibling && inner === 99 && value[attribute.sibling] === undefined) faults.push(`${path}${attribute.sibling}: is needed where ${key} is 99`); // prettier-ignore
    }
    const some = (keys: string[]) => keys.filter((key) => value[key] !== undefined).length;
    if (constraints.at_least_one && some(constraints.at_least_one) === 0) faults.push(`${path}: has none of ${constraints.at_least_one.join()}`); // prettier-ignore
    if (constraints.just_one && some(constraints.just_one) !== 1) faults.push(`${path}: has not just one of ${constraints.just_one.join()}`); // prettier-ignore
    return faults;
  }

  #inAttribute(value: unknown, attribute: Attribute, path: string, profiles: readonly string[]): string[] {
    if (attribute["@deprecated"]) return [`${path}: is deprecated`];
    if (Array.isArray(value) !== (attribute.is_array ?? false)) return [`${path}: ${attribute.is_array ? "is no list" : "is a list"}`]; // prettier-ignore
    return [value].flat().flatMap((one) => {
      const { type = "string_t", enum: choices } = attribute;
      if (choices && !(String(one) in choices)) return [`${path}: ${String(one)} is none of its values`];
      if (type in this.#dictionary.types.attributes) return this.#typeFaults(one, type).map((fault) => `${path}: ${fault}`); // prettier-ignore
      if (!isObject(one)) return [`${path}: is no object`];
      return type === "object" ? [] : this.#inItem(one, this.#resolve("objects", type), `${path}.`, profiles);
    });
  }

  #typeFaults(value: unknown, name: string): string[] {
    const type = this.#dictionary.types.attributes[name] ?? {};
    const base = type.type ?? name;
    const fits: Record<string, (value: unknown) => boolean> = {
      string_t: (given) => typeof given === "string",
      integer_t: (given) => Number.isInteger(given),
      long_t: (given) => Number.isSafeInteger(given),
      float_t: (given) => typeof given === "number",
      boolean_t: (given) => typeof given === "boolean",
      json_t: () => true,
    };
    if (!fits[base]?.(value)) return [`is no ${name}`];
    const faults: string[] = [];
    if (type.regex && !new RegExp(type.regex).test(String(value))) faults.push(`${String(value)} is not written as a ${name}`); // prettier-ignore
    if (type.max_len && String(value).length > type.max_len) faults.push(`is longer than a ${name}`);
    if (type.range && (Number(value) < type.range[0] || Number(value) > type.range[1])) faults.push(`is no ${name}`);
    return faults;
  }
}

/** An attribute over what it was before: its values are added, all else is replaced. */
const merged = (before: Attribute, after: Attribute): Attribute => ({
  ...before,
  ...after,
  ...(before.enum || after.enum ? { enum: { ...before.enum, ...after.enum } } : {}),
});
