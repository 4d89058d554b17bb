import type { PictureFacts } from './album.ts';

/** Pictures are shown at two thirds of their size: two fit beside a command, and screens of high resolution have pixels to show. */
const SCALE = 2 / 3;

export const code = (value: unknown): string => `\`${typeof value === 'string' ? value : inline(value)}\``;

export const codes = (values: readonly unknown[]): string => values.map(code).join(', ');

/** JSON in one line, with spaces where people write them. */
export function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${inline(each)}`);
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
}

/** JSON with a line for each member of an object, or for each item of a list. */
export function lines(value: object): string {
  const isList = Array.isArray(value);
  const members = isList
    ? value.map(inline)
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${inline(each)}`);
  const [open, close] = isList ? '[]' : '{}';
  return members.length > 1 ? `${open}\n  ${members.join(',\n  ')}\n${close}` : inline(value);
}

export const block = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

export function table(header: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}

/** A picture in its place, as large as it is times the scale. */
export function image({ file, width, height }: PictureFacts, alt: string, scale = SCALE): string {
  const [shownWidth, shownHeight] = [Math.round(width * scale), Math.round(height * scale)];
  return `<img src="commands/${file}" width="${shownWidth}" height="${shownHeight}" alt="${alt}">`;
}

/** A table whose cells may be blocks, which Markdown's own tables cannot have; empty lines around them make them Markdown again. */
export function layout(header: string[], rows: string[][]): string {
  const heads = header.map((cell) => `<th>${cell}</th>`).join('');
  const body = rows.map((row) => `<tr>\n${row.map((cell) => `<td>\n\n${cell}\n\n</td>`).join('\n')}\n</tr>`);
  return ['<table>', `<tr>${heads}</tr>`, ...body, '</table>'].join('\n');
}

/** A table without the columns that are empty in every row. */
export function compactTable(header: string[], rows: string[][]): string {
  const kept = header.map((_, column) => rows.some((row) => row[column]));
  const compact = (cells: string[]) =>
    cells.filter((_, column) => kept[column]).map((cell) => cell.replaceAll('\n', ' '));
  return table(compact(header), rows.map(compact));
}

const SECTION = /(<!-- ([\w-]+): written by npm run [\w:-]+ -->\n).*?(<!-- end of \2 -->)/gs;

/** A page with the sections between its marks anew; what stands around them stays. */
export function fill(page: string, sections: Record<string, string>): string {
  const missing = new Set(Object.keys(sections));
  const filled = page.replaceAll(SECTION, (_, start: string, name: string, end: string) => {
    const section = sections[name];
    if (section === undefined) throw new Error(`The page asks for a section ${name}, which nobody writes.`);
    missing.delete(name);
    return `${start}\n${section}\n\n${end}`;
  });
  if (missing.size > 0) throw new Error(`The page has no place for ${[...missing].join(', ')}.`);
  return filled;
}
