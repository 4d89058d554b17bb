import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { uprightXmp } from '../../../../../containers/worker/pipeline/metadata/upright-xmp.ts';
import { jpegWith, XMP_SIGNATURE } from '../../../../support/images/exif-bytes.ts';
import { quadrants } from '../../../../support/images/picture.ts';
import { render } from '../../../../support/worker/rendition-run.ts';

const TIFF = 'http://ns.adobe.com/tiff/1.0/';

/** XMP as exiftool writes it, with a new line after each element, and with a text about orientations. */
const packet = (inside: string, attributes = ''): string => `<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
 <rdf:Description rdf:about=''${attributes}>
  ${inside}
  <dc:rights xmlns:dc="http://purl.org/dc/elements/1.1/">Orientation="6" of all, tiff:Orientation>6</dc:rights>
  <!-- <tiff:Orientation>6</tiff:Orientation> -->
 </rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end='w'?>`;

const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r'), maxLength: 4 });
const parts = fc.record({
  prefix: fc.constantFrom('tiff', 't', 'x-1', 'ns0', 'größe', 'Orientation'),
  quote: fc.constantFrom('"', "'"),
  value: fc.constantFrom('1', '2', '6', '8', '&#54;', '06', ''),
  gap: space.map((spaces) => `\n${spaces}`),
  around: fc.tuple(space, space).map(([a, b]) => `${a}=${b}`),
  within: space,
});
type Parts = typeof parts extends fc.Arbitrary<infer P> ? P : never;

const asAttribute = ({ prefix, quote, gap, around }: Parts, value: string): string =>
  packet(
    '',
    `${gap}${prefix}:Orientation${around}${quote}${value}${quote}${gap}xmlns:${prefix}${around}${quote}${TIFF}${quote}`,
  );

const asElement = ({ prefix, quote, gap, around, within }: Parts, value: string): string =>
  packet(
    `<${prefix}:Orientation>${value}</${prefix}:Orientation${within}>${gap}<${prefix}:Make>A > B</${prefix}:Make>`,
    `${gap}xmlns:${prefix}${around}${quote}${TIFF}${quote}`,
  );

describe('XMP of a picture that is upright', () => {
  for (const [name, write] of Object.entries({ 'an attribute': asAttribute, 'an element': asElement }))
    it(`is whole but for its orientation, whatever its prefix, its value and the spaces around it: ${name}`, () => {
      fc.assert(
        fc.property(parts, (each) => {
          const spaced = name === 'an element' ? `${each.within}${each.value}${each.gap}` : each.value;
          expect(uprightXmp(write(each, spaced))).to.equal(write(each, '1'));
        }),
        { seed: 4, numRuns: 300 },
      );
    });

  it('has one orientation, in whatever other way RDF can say it', () => {
    const tiff = `xmlns:tiff="${TIFF}"`;
    for (const [told, meant] of [
      [
        '<tiff:Orientation rdf:parseType="Resource"><rdf:value>6</rdf:value></tiff:Orientation>',
        '<tiff:Orientation>1</tiff:Orientation>',
      ],
      [`<tiff:Orientation ${tiff} rdf:value="6" />`, `<tiff:Orientation ${tiff}/>`],
      [
        '<tiff:Orientation><rdf:Alt><rdf:li>6</rdf:li><rdf:li/></rdf:Alt></tiff:Orientation>',
        '<tiff:Orientation>1</tiff:Orientation>',
      ],
      [`<Orientation xmlns="${TIFF}"><![CDATA[6]]></Orientation>`, `<Orientation xmlns="${TIFF}">1</Orientation>`],
      [
        '<o:Orientation xmlns:o="http://ns.adobe.com/ti&#102;f/1.0/">6</o:Orientation>',
        '<o:Orientation xmlns:o="http://ns.adobe.com/ti&#102;f/1.0/">1</o:Orientation>',
      ],
      [
        '<tiff:Orientation>6</tiff:Orientation><tiff:Orientation>8</tiff:Orientation>',
        '<tiff:Orientation>1</tiff:Orientation><tiff:Orientation>1</tiff:Orientation>',
      ],
      // In another vocabulary the name means something else.
      [
        '<a:Orientation xmlns:a="urn:a">portrait</a:Orientation>',
        '<a:Orientation xmlns:a="urn:a">portrait</a:Orientation>',
      ],
    ] as const)
      expect(uprightXmp(packet(told)), told).to.equal(packet(meant));
  });

  it('is dropped when it names an orientation and is no XML', () => {
    for (const bad of [
      '<tiff:Orientation>6',
      '<tiff:Orientation',
      '<!-- ',
      '<![CDATA[',
      '<a b=c>',
      '<!DOCTYPE a>',
      '< tiff:Orientation>',
    ])
      expect(uprightXmp(`<a><tiff:Orientation>6</tiff:Orientation>${bad}`), bad).to.equal(undefined);
    expect(uprightXmp('<a b=c>')).to.equal('<a b=c>');
  });

  it('is dropped when an orientation has no end, however much follows it', () => {
    for (const piece of ['<a', '<a b="', '<a ', '<!--', '<tiff:Orientation>', ' ', '</a>', '<a b="" ']) {
      const text = `<tiff:Orientation>${piece.repeat((64 * 1024) / piece.length)}`;
      expect(uprightXmp(text), piece).to.equal(undefined);
    }
  });

  it('is kept with all other content', async () => {
    const jpeg = await quadrants(40, 30).jpeg().toBuffer();
    const told = (value: number) => packet(`<t:Orientation>${value}</t:Orientation>\n`, ` xmlns:t="${TIFF}"`);
    const photo = jpegWith(jpeg, XMP_SIGNATURE, Buffer.from(told(6)));
    for (const format of ['jpeg', 'webp', 'png']) {
      const { data } = await render(photo, { output: { format, metadata: 'keep' } });
      expect((await sharp(data).metadata()).xmp?.toString(), format).to.equal(told(1));
    }
  });
});
