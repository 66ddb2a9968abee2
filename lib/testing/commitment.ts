import { hash } from "node:crypto";

/** Something that looks like the commitment to a value, the same one each time, for tests without a database. */
export const commitmentTo = (value: string): string => `pd:${hash("sha256", value, "base64url")}`;
