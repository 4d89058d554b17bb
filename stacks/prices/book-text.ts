import type { BookFile } from './book-file.ts';

/** As biome.json has it. */
const WIDTH = 120;

const onOneLine = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(onOneLine).join(', ')}]`
    : typeof value === 'object' && value !== null
      ? `{ ${Object.entries(value)
          .map(([key, each]) => `${JSON.stringify(key)}: ${onOneLine(each)}`)
          .join(', ')} }`
      : JSON.stringify(value);

/** JSON as the formatter leaves it, when everything below the first `open` levels stands on one line if it fits. */
function textOf(value: unknown, { indent, open, used }: { indent: string; open: number; used: number }): string {
  const line = onOneLine(value);
  if (typeof value !== 'object' || value === null) return line;
  if (open <= 0 && indent.length + used + line.length + 1 <= WIDTH) return line;
  const inner = `${indent}  `;
  const parts = Object.entries(value).map(([key, each]) => {
    const start = Array.isArray(value) ? '' : `${JSON.stringify(key)}: `;
    return `${inner}${start}${textOf(each, { indent: inner, open: open - 1, used: start.length })}`;
  });
  const [first, last] = Array.isArray(value) ? '[]' : '{}';
  return `${first}\n${parts.join(',\n')}\n${indent}${last}`;
}

/** The text of a book's file: without sources that nothing has any more, and its instances in two lines each. */
export function bookText(file: BookFile): string {
  const used = new Set([
    ...Object.values(file.prices).map(({ source }) => source),
    ...Object.values(file.instances).flatMap(({ onDemand, spot }) => [onDemand.source, spot?.source]),
  ]);
  const sources = Object.entries(file.sources).filter(([name]) => used.has(name));
  const sorted = Object.fromEntries(sources.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const instances = Object.entries(file.instances).map(
    ([type, instance]) => `\n    ${JSON.stringify(type)}: ${textOf(instance, { indent: '    ', open: 1, used: 0 })}`,
  );
  const rest = textOf({ ...file, sources: sorted, instances: 0 }, { indent: '', open: 2, used: 0 });
  const end = instances.length > 0 ? '\n  ' : '';
  return `${rest.replace('"instances": 0', `"instances": {${instances.join(',')}${end}}`)}\n`;
}
