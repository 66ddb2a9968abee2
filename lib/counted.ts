/** Client-safe: a number with its noun, as `1,204 live tokens`. @param many the plural, where it is more than an `s` */
export const counted = (n: number, noun: string, many = `${noun}s`): string =>
  `${n.toLocaleString("en-US")} ${n === 1 ? noun : many}`;

/** The same at the beginning of a sentence: `One live token`. */
export const countedFirst = (n: number, noun: string, many?: string): string =>
  n === 1 ? `One ${noun}` : counted(n, noun, many);
