/** A kind of file that people mistake for an image, or send instead of one, and that is refused. */
export interface UnsupportedKind {
  /** The name with its article, for use in a sentence. */
  name: string;
  /** What to do with such a file. */
  advice: string;
}

interface Signed extends UnsupportedKind {
  /** A file is of this kind if all parts of one of these signatures match: bytes as Latin-1 characters, by their offsets. */
  signatures: readonly Readonly<Record<number, string>>[];
}

const EXPORT = 'Export it as PNG, JPEG or TIFF.';
const CONVERT = 'Convert it to JPEG, PNG or WebP.';
const ONE_FRAME = 'Send one of its frames as JPEG or PNG.';

/** The kinds that are sent most often; files of other kinds are refused without a name. Sources: the specification of each format. */
const OTHER_KINDS: readonly Signed[] = [
  { name: 'a PDF', advice: 'Export the page that you mean as PNG or JPEG.', signatures: [{ 0: '%PDF-' }] },
  { name: 'a PostScript file', advice: EXPORT, signatures: [{ 0: '%!PS' }, { 0: '\xc5\xd0\xd3\xc6' }] },
  // Two letters alone would match too much; the other four bytes are reserved.
  { name: 'a BMP', advice: 'Convert it to PNG, which loses nothing.', signatures: [{ 0: 'BM', 6: '\0\0\0\0' }] },
  { name: 'a Photoshop document (PSD)', advice: EXPORT, signatures: [{ 0: '8BPS' }] },
  { name: 'a document of GIMP (XCF)', advice: EXPORT, signatures: [{ 0: 'gimp xcf' }] },
  { name: 'an OpenEXR', advice: EXPORT, signatures: [{ 0: '\x76\x2f\x31\x01' }] },
  { name: 'a JPEG XL', advice: CONVERT, signatures: [{ 0: '\xff\x0a' }, { 4: 'JXL \r\n\x87\n' }] },
  { name: 'a JPEG 2000', advice: CONVERT, signatures: [{ 0: '\xff\x4f\xff\x51' }, { 4: 'jP  \r\n\x87\n' }] },
  {
    name: 'an icon or a cursor of Windows (ICO, CUR)',
    advice: 'Send its largest picture as PNG.',
    signatures: [{ 0: '\0\0\x01\0' }, { 0: '\0\0\x02\0' }],
  },
  // Images in the same container have been recognised by their brands before.
  { name: 'a film or a recording (MP4, MOV and the like)', advice: ONE_FRAME, signatures: [{ 4: 'ftyp' }] },
  {
    name: 'a film (AVI, WebM or Matroska)',
    advice: ONE_FRAME,
    signatures: [{ 0: 'RIFF', 8: 'AVI ' }, { 0: '\x1a\x45\xdf\xa3' }],
  },
  {
    name: 'compressed by gzip, as an SVGZ is',
    advice: 'Send what is in it: gunzip -c drawing.svgz > drawing.svg.',
    signatures: [{ 0: '\x1f\x8b' }],
  },
  {
    name: 'a ZIP archive or a document in one',
    advice: 'Send the image that is in it.',
    signatures: [{ 0: 'PK\x03\x04' }],
  },
];

const BYTES_LOOKED_AT = 16;

/** The kind of a file whose beginning shows none of the accepted formats; undefined if it is not known. */
export function unsupportedKindOf(head: Buffer): UnsupportedKind | undefined {
  const start = head.toString('latin1', 0, BYTES_LOOKED_AT);
  const shows = (signature: Readonly<Record<number, string>>) =>
    Object.entries(signature).every(([at, bytes]) => start.startsWith(bytes, Number(at)));
  return OTHER_KINDS.find(({ signatures }) => signatures.some(shows));
}
