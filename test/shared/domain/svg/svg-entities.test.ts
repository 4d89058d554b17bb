import { expect } from 'chai';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { plainSvg } from '../../../../shared/domain/svg/svg-entities.ts';
import { paintingOf } from '../../../../shared/domain/svg/svg-painting.ts';
import { readSvgRoot } from '../../../../shared/domain/svg/svg-root.ts';
import { cpuTimeOf, QUADRATIC_MS } from '../../../support/cpu-time.ts';
import { BILLION_LAUGHS } from '../../../support/drawings/drawings.ts';

const NS = 'http://www.w3.org/2000/svg';

/** An SVG whose DOCTYPE has this internal subset. */
const drawn = (subset: string, content = '', attributes = `xmlns="${NS}"`): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [${subset}]>\n<svg ${attributes}>${content}</svg>`;

const plain = (svg: string | Buffer): string => plainSvg(Buffer.from(svg as string)).toString();

function refusal(svg: string): string {
  try {
    plain(svg);
  } catch (error) {
    expect(error).to.be.instanceOf(ImageServiceError).and.have.property('code', 'image_unreadable');
    return (error as Error).message;
  }
  throw new Error(`was not refused: ${svg.slice(0, 200)}`);
}

/** Declarations of entities that are not flat. */
const NOT_FLAT: Record<string, string> = {
  'a reference to another': '<!ENTITY a "b"><!ENTITY c "&a;">',
  'a reference to a character, which is resolved before the entity is': '<!ENTITY a "&#60;rect/&#62;">',
  markup: '<!ENTITY a "<rect/>">',
  'a file': '<!ENTITY a SYSTEM "file:///etc/passwd">',
  'a public name': '<!ENTITY a PUBLIC "b" "http://127.0.0.1/">',
  'data of another notation': '<!ENTITY a SYSTEM "b" NDATA c>',
  'a parameter entity': '<!ENTITY % a "b">',
  'a reference to a parameter entity in it': '<!ENTITY a "%b;">',
  'a parameter entity before it': '%b;<!ENTITY a "c">',
  'the name of a character that XML has itself': '<!ENTITY lt "a">',
  'a name that is not in ASCII': '<!ENTITY é "a">',
};

describe('the plain text of an SVG', () => {
  it('resolves the flat entities of Illustrator, and no longer declares them', () => {
    const subset = `\n\t<!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">\n\t<!ENTITY ns_svg '${NS}'>\n<!-- <!ENTITY a "b"> -->`;
    const text = plain(drawn(subset, '<a b="&ns_ai;1"/>&ns_ai;', 'xmlns="&ns_svg;" width="3"'));
    expect(text).to.match(
      /<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="3"><a b="http:\/\/ns.adobe.com\/AdobeIllustrator\/10.0\/1"\/>http/,
    );
    expect(text.replace(/<!-- .*? -->/, '')).to.not.match(/ENTITY|PUBLIC|<\?xml/);
    expect(readSvgRoot(Buffer.from(text))?.attributes.get('xmlns')).to.equal(NS);
  });

  it('has the values of entities as text, also with quotes and brackets in them', () => {
    const subset = `<!ENTITY a 'x" onload="]]>y'><!ENTITY b "'">`;
    const text = plain(drawn(subset, `<a b="&a;" c='&b;'/>&a;`));
    expect(text).to.include(`<a b="x&quot; onload=&quot;]]&gt;y" c='&apos;'/>x&quot; onload=&quot;]]&gt;y`);
  });

  it('keeps texts in comments, CDATA and instructions that look like references', () => {
    const content = '<!-- &a; --><![CDATA[ &a; ]]><?b &a;?>&lt;&#65;&amp;a;';
    expect(plain(drawn('<!ENTITY a "b">', content))).to.include(content);
  });

  it('takes the first of two declarations', () => {
    expect(plain(drawn('<!ENTITY a "1"><!ENTITY a "2">', '&a;'))).to.include('>1</svg>');
  });

  it('keeps the rest of a DOCTYPE, which is checked elsewhere', () => {
    const attlist = '<!ATTLIST svg width CDATA "9">';
    expect(plain(drawn(`<!ENTITY a "b">${attlist}`))).to.include(`[${attlist}]`);
  });

  for (const [name, subset] of Object.entries(NOT_FLAT)) {
    it(`is refused if an entity is ${name}`, () => {
      expect(refusal(drawn(subset, '&a;'))).to.match(/not plain texts in quotes.*plain SVG/);
      expect(refusal(drawn(subset))).to.match(/not plain texts in quotes/);
    });
  }

  it('is refused with entities that multiply, with undeclared references, and beyond the limits', () => {
    const { svgEntities, svgEntityBytes, svgBytes } = LIMITS;
    expect(refusal(`${BILLION_LAUGHS}<svg xmlns="${NS}">&l9;</svg>`)).to.match(/not plain texts/);
    expect(refusal(drawn('', '<use href="&b;#a"/>'))).to.match(/refers to an entity b that it does not declare/);
    expect(refusal(drawn('<!ENTITY a "&a;">', '&a;'))).to.match(/not plain texts/);
    const many = Array.from({ length: svgEntities + 1 }, (_, at) => `<!ENTITY a${at} "b">`).join('');
    expect(refusal(drawn(many))).to.match(new RegExp(`${svgEntities + 1} entities.*limit is ${svgEntities}`));
    expect(plain(drawn(many.replace('<!ENTITY a0 "b">', ''), '&a1;'))).to.include('>b</svg>');
    const long = `<!ENTITY a "${'b'.repeat(svgEntityBytes)}">`;
    expect(refusal(drawn(long.replace('b"', 'bb"')))).to.match(new RegExp(`${svgEntityBytes + 1} bytes`));
    expect(refusal(drawn(long, '&a;'.repeat(svgBytes / svgEntityBytes)))).to.match(
      new RegExp(`more than ${svgBytes} bytes`),
    );
    expect(plain(drawn(long, '&a;'.repeat(100))).length).to.be.above(100 * svgEntityBytes);
  });

  it('is costed with its entities resolved, in every encoding', () => {
    const ring = '<g id="g"><rect width="9" height="9"/><rect width="9" height="9"/></g>';
    const uses = (href: string) => `<use href="${href}"/>`.repeat(50);
    const plainly = paintingOf(plain(`<svg xmlns="${NS}">${ring}${uses('#g')}</svg>`)).elements;
    const hidden = drawn('<!ENTITY a "#g">', `${ring}${uses('&a;')}`);
    expect(paintingOf(plain(hidden)).elements).to.equal(plainly);
    const wide = Buffer.from(`\ufeff${hidden.replace('utf-8', 'utf-16')}`, 'utf16le');
    expect(paintingOf(plain(wide)).elements).to.equal(plainly);
    expect(paintingOf(plain(wide.swap16())).elements).to.equal(plainly);
  });

  it('is refused with entities or undeclared references in an embedded document', () => {
    const embedding = (document: string) =>
      plain(
        `<svg xmlns="${NS}"><image href="data:image/svg+xml;base64,${Buffer.from(document).toString('base64')}"/></svg>`,
      );
    expect(() => paintingOf(embedding(drawn('<!ENTITY a "#g">', '<use href="&a;"/>')))).to.throw(/declares entities/);
    expect(() => paintingOf(embedding(drawn('', '<use href="&a;#g"/>')))).to.throw(/does not declare/);
    expect(paintingOf(embedding(drawn('', '<use href="#g"/>'))).elements).to.be.above(0);
  });

  it('is the UTF-8 of what browsers show, without a declaration of the encoding', () => {
    const as = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?><svg xmlns="${NS}">é</svg>`;
    for (const encoding of ['ISO-8859-1', 'latin1', 'windows-1252', 'us-ascii']) {
      const text = plain(Buffer.from(as(encoding), 'latin1'));
      expect(text, encoding).to.include('>é</svg>').and.not.include('encoding');
    }
    for (const encoding of ['UTF-8', 'utf-16', 'UTF-16LE'])
      expect(plain(as(encoding)), encoding).to.include('>é</svg>');
    expect(plain(Buffer.concat([Buffer.from(as('Shift_JIS').replace('é', '')), Buffer.of(0x83, 0x41)]))).to.include(
      'ア',
    );
    expect(plain(`\ufeff${as('ISO-8859-1')}`)).to.include('>é</svg>');
    expect(refusal(as('UTF-7'))).to.match(/UTF-7. Save it as UTF-8/);
  });

  it('is made in linear time', () => {
    const { svgBytes } = LIMITS;
    for (const [subset, repeated] of [
      ['<!ENTITY a "">', '&a;'],
      ['<!ENTITY a "">', '&a'],
      ['', '<!--'],
      ['', '<![CDATA['],
      ['', '<?a'],
      ['', '&'],
      ['', '&#'],
    ] as const) {
      const svg = drawn(subset, repeated.repeat(svgBytes / 8));
      const made = () => {
        try {
          plain(svg);
        } catch (error) {
          expect(error).to.be.instanceOf(ImageServiceError);
        }
      };
      expect(cpuTimeOf(made), repeated).to.be.below(QUADRATIC_MS);
    }
  });
});
