import { printable, printableLine } from '../terminal/printable.ts';

/** Lines of a log, JSON objects or not, without anything in their texts that a terminal would act upon. */
export async function* printableLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield `${cleaned(line)}\n`;
  }
  if (rest !== '') yield `${cleaned(rest)}\n`;
}

function cleaned(line: string): string {
  try {
    // A stack trace has several lines.
    return JSON.stringify(JSON.parse(line), (name, value) => {
      if (typeof value !== 'string') return value;
      return name === 'stack' ? printable(value) : printableLine(value);
    });
  } catch {
    return printableLine(line);
  }
}
