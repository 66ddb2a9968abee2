/** `yes` or `no`, or the text as it is, for the schema to refuse. */
export function yesNo(text: string | undefined): boolean | string | undefined {
  return text === "yes" || text === "no" ? text === "yes" : text;
}
