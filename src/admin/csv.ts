/** What a spreadsheet takes for a formula, or drops before it looks for one (CWE-1236). */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠\t\r\n\0|%]/u;

/** The place before a formula where a spreadsheet that takes `;` or a tab for the separator begins a field, inside one of ours. */
const AFTER_SEPARATOR = /([;\t](?:(?!\t)[\s\p{Cc}\p{Cf}"])*)(?=[=+\-@＝＋－＠|%])/gu;

/** One line of RFC 4180, with every field quoted and none that a spreadsheet would run. */
export function csvLine(fields: readonly unknown[]): string {
  return `${fields.map((field) => `"${harmless(textOf(field)).replaceAll('"', '""')}"`).join(',')}\r\n`;
}

/** A text of its own kind for each value; nothing for null. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An apostrophe in front makes it a text; NUL, which some programs stop at, goes. */
function harmless(text: string): string {
  return (FORMULA.test(text) ? `'${text}` : text).replace(AFTER_SEPARATOR, "$1'").replaceAll('\0', '');
}
