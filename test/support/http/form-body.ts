export interface FormPart {
  /** Absent for a part without one. */
  name?: string;
  /** Makes the part a file. */
  filename?: string;
  contentType?: string;
  content: string | Buffer;
}

export const BOUNDARY = 'a-boundary-of-the-tests';

export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** A multipart/form-data body, byte for byte as browsers write it. */
export function formBody(parts: FormPart[], { closed = true } = {}): Buffer {
  const written = parts.flatMap(({ name, filename, contentType, content }) => [
    `--${BOUNDARY}\r\ncontent-disposition: form-data`,
    `${quoted('name', name)}${quoted('filename', filename)}\r\n`,
    `${contentType === undefined ? '' : `content-type: ${contentType}\r\n`}\r\n`,
    content,
    '\r\n',
  ]);
  return Buffer.concat([...written, ...(closed ? [`--${BOUNDARY}--\r\n`] : [])].map((piece) => Buffer.from(piece)));
}

const quoted = (parameter: string, value: string | undefined): string =>
  value === undefined ? '' : `; ${parameter}="${value}"`;

export const filePart = (content: Buffer, contentType = 'image/jpeg', name = 'file'): FormPart => ({
  name,
  filename: 'a photograph.jpg',
  contentType,
  content,
});

export const renditionsPart = (renditions: unknown): FormPart => ({
  name: 'renditions',
  content: typeof renditions === 'string' ? renditions : JSON.stringify(renditions),
});
