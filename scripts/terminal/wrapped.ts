/** Characters of a line that people read with ease, also on wide terminals. */
const WIDEST = 120;
const NARROWEST = 40;

/** Columns of the terminal; those of a wide one if the output goes elsewhere. */
export const textWidth = (columns: number | undefined = process.stdout.columns): number =>
  Math.max(NARROWEST, Math.min(WIDEST, columns || WIDEST));

/** Breaks a text into lines between its words; all but the first begin with so many spaces. A longer word stays whole. */
export function wrapped(text: string, { width, indent = 0 }: { width: number; indent?: number }): string {
  const lines: string[] = [];
  for (const word of text.trimEnd().split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(lines.length === 0 ? word : `${' '.repeat(indent)}${word}`);
  }
  return lines.join('\n');
}
