/** An SVG with a blue circle over a red rectangle, and these attributes on its root. */
export function drawing(attributes: Record<string, string | number>, { prolog = '' } = {}): Buffer {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
  const content = '<rect width="100%" height="100%" fill="#f00"/><circle cx="50%" cy="50%" r="25%" fill="#00f"/>';
  return Buffer.from(`${prolog}<svg xmlns="http://www.w3.org/2000/svg"${written.join('')}>${content}</svg>\n`);
}

/** An SVG of exactly the given size, by means of a comment at its end. */
export function drawingOf(length: number): Buffer {
  const svg = drawing({ width: 48, height: 32 });
  return Buffer.concat([svg, Buffer.from('<!--'), Buffer.alloc(length - svg.length - 7, 'a'), Buffer.from('-->')]);
}

/** A DOCTYPE of some 700 bytes whose entities expand to 10^9 letters. */
export const BILLION_LAUGHS = `<!DOCTYPE svg [<!ENTITY l0 "laughs">${Array.from(
  { length: 9 },
  (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
).join('')}]>`;
