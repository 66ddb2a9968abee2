/** A text as a part of a LIKE pattern: LIKE's own signs are meant as they stand. */
export const literally = (text: string): string => text.replace(/[\\%_]/g, "\\$&");

/** A text as JSON writes it, without the quotation marks: so it stands in a stored body. */
export const asJson = (text: string): string => JSON.stringify(text.toWellFormed()).slice(1, -1);

/** The pattern of a text of which either end may be open. */
export const openPattern = ({
  text,
  openStart,
  openEnd,
}: {
  text: string;
  openStart: boolean;
  openEnd: boolean;
}): string => `${openStart ? "%" : ""}${literally(text)}${openEnd ? "%" : ""}`;
