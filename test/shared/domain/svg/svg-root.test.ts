import { expect } from 'chai';
import { sniffFormat } from '../../../../shared/domain/formats/image-format.ts';
import { HEADER_BYTES } from '../../../../shared/domain/limits.ts';
import { readSvgRoot } from '../../../../shared/domain/svg/svg-root.ts';
import { cpuTimeOf, QUADRATIC_MS } from '../../../support/cpu-time.ts';
import { BILLION_LAUGHS } from '../../../support/drawings/drawings.ts';

const ROOT = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>';
const SVG_1_1 = 'svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"';

/** Texts that may come before the root. */
const PROLOGS: Record<string, string> = {
  nothing: '',
  'a byte order mark': '\ufeff',
  'white space': ' \t\r\n',
  'an XML declaration': '<?xml version="1.0"?>',
  'an XML declaration in single quotes, with all it may have': `<?xml version = '1.1'\n encoding='utf-8' standalone='no' ?>\n`,
  'a byte order mark and an XML declaration': '\ufeff<?xml version="1.0" encoding="UTF-8"?>',
  'a comment': '<!-- Größe > <html> -- -->',
  'a processing instruction': '<?xml-stylesheet href="a.css" b=">"?>',
  'a DOCTYPE with its public name': `<!DOCTYPE ${SVG_1_1}>`,
  'a DOCTYPE of one word': '<!DOCTYPE svg>',
  'a DOCTYPE with a system name': "<!DOCTYPE svg SYSTEM 'svg.dtd' >",
  'an empty internal subset': `<!DOCTYPE ${SVG_1_1} [ ] >`,
  'an internal subset': `<!DOCTYPE svg [\n<!ATTLIST svg a CDATA "]>" b CDATA '"'>\n<!ELEMENT a (b|c)*><!-- <!ENTITY a "b"> -->\n<?a <!ENTITY ?>%a;]>`,
  everything: `\ufeff<?xml version="1.0"?>\n<!-- a -->\n<?b c?>\n<!DOCTYPE svg [<!-- ] -->]>\n<!-- d -->\n`,
  'as much comment as a head has': `<!--${'a'.repeat(HEADER_BYTES - ROOT.length - 7)}-->`,
};

const OTHERS: Record<string, string | Buffer> = {
  'HTML with an SVG in it': `<!DOCTYPE html><html><body>${ROOT}</body></html>`,
  'HTML with an SVG in it and no DOCTYPE': `<html>${ROOT}</html>`,
  'an SVG behind the DOCTYPE of a page': `<!DOCTYPE html>${ROOT}`,
  'an SVG behind a DOCTYPE in small letters': `<!doctype svg>${ROOT}`,
  'an SVG in a division': `<div>${ROOT}</div>`,
  'an SVG behind a text': `a ${ROOT}`,
  'an SVG behind a no-break space': `\u00a0${ROOT}`,
  'an SVG behind two DOCTYPEs': `<!DOCTYPE svg><!DOCTYPE svg>${ROOT}`,
  'an SVG behind a late XML declaration': `\n<?xml version="1.0"?>${ROOT}`,
  'an SVG in a comment': `<!-- ${ROOT}`,
  'an SVG in an internal subset': `<!DOCTYPE svg [${ROOT}]>`,
  'an SVG behind a conditional section': `<!DOCTYPE svg [<![INCLUDE[<!ENTITY a "b">]]>]>${ROOT}`,
  'an SVG behind a declaration that hides another': `<!DOCTYPE svg [<!ELEMENT a <!ENTITY b "c">>]>${ROOT}`,
  'an SVG behind an XML declaration that names two encodings': `<?xml version="1.0" encoding="a" encoding="b"?>${ROOT}`,
  'the name in capitals': ROOT.toUpperCase(),
  'a longer name': ROOT.replace('svg', 'svgs'),
  'two prefixes': ROOT.replace('svg', 'x:y:svg'),
  'an empty prefix': ROOT.replace('svg', ':svg'),
  'the name alone': '<svg',
  'another XML': '<?xml version="1.0"?><rss version="2.0"/>',
  'UTF-16 without one': Buffer.from(ROOT, 'utf16le'),
};

/** Beginnings, and texts that are repeated after them until a head is full. */
const HOSTILE: [start: string, repeated: string][] = [
  ['', '<!--'],
  ['', '<!---->'],
  ['<!--', '-'],
  ['', '<?'],
  ['', '<?a '],
  ['', '<?a?>'],
  ['', ' '],
  ['', '<svg '],
  ['', '<!DOCTYPE ['],
  ['', '<!DOCTYPE svg ['],
  ['<?xml version="1.0"', ' '],
  ['<?xml version="1.0"', ' encoding="a"'],
  ['<?xml version="1.', '0'],
  ['<!DOCTYPE svg', ' '],
  ['<!DOCTYPE svg PUBLIC ', '" "'],
  ['<!DOCTYPE svg [', '<!ENTITY a "b">'],
  ['<!DOCTYPE svg [', '%a;'],
  ['<!DOCTYPE svg [', '%'],
  ['<!DOCTYPE svg [', '] '],
  ['<!DOCTYPE svg [<!ENTITY ', '"'],
  ['<!DOCTYPE svg [<!ATTLIST ', `"'"`],
  ['<!DOCTYPE svg [<!ATTLIST ', '"a"b'],
  ['<svg', ' a=""'],
  ['<svg ', 'a'],
  ['<svg a', ' '],
  ['<svg a="', 'a'],
  ['<svg a=', '"'],
];

describe('the root of an SVG', () => {
  for (const [name, prolog] of Object.entries(PROLOGS)) {
    for (const prefix of ['', 'svg:', 'ns0:']) {
      it(`is found after ${name}${prefix && ', with a prefix'}`, () => {
        const svg = Buffer.from(
          `${prolog}${ROOT}`.replace(/<svg|DOCTYPE svg/g, (found) => found.replace('svg', `${prefix}svg`)),
        );
        expect(sniffFormat(svg)).to.equal('svg');
        expect(readSvgRoot(svg)?.attributes.get('width')).to.equal('4');
        expect(readSvgRoot(svg)?.entities).to.deep.equal([]);
      });
    }
  }

  for (const [name, text] of Object.entries(OTHERS)) {
    it(`is not found in ${name}`, () => {
      expect(sniffFormat(Buffer.from(text as string))).to.equal(undefined);
    });
  }

  it('is not found if the text is cut before the end of its name', () => {
    const svg = `<?xml version="1.0"?><!-- a --><?b c?><!DOCTYPE svg [<!ELEMENT a EMPTY>]><svg>`;
    for (let length = 0; length < svg.length; length += 1) {
      expect(readSvgRoot(Buffer.from(svg.slice(0, length))), svg.slice(0, length)).to.equal(undefined);
    }
    expect(readSvgRoot(Buffer.from(svg))).to.not.equal(undefined);
  });

  it('has its attributes, in either quotes, up to the end of a cut text', () => {
    const root = readSvgRoot(Buffer.from(`<svg a="1"\n  b = '"2>"'\tsvg:c="" d="`));
    expect([...(root?.attributes ?? [])]).to.deep.equal([
      ['a', '1'],
      ['b', '"2>"'],
      ['svg:c', ''],
    ]);
  });

  it('has the declared encoding', () => {
    expect(readSvgRoot(Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${ROOT}`))?.encoding).to.equal(
      'ISO-8859-1',
    );
    expect(readSvgRoot(Buffer.from(`<?xml version="1.0"?>${ROOT}`))?.encoding).to.equal(undefined);
  });

  const declarations = ['<!ENTITY a "b">', '<!ENTITY % a SYSTEM "b">%a;', `<!ATTLIST a b CDATA '>'>\n<!ENTITY\ta 'b'>`];
  for (const prolog of [BILLION_LAUGHS, ...declarations.map((text) => `<!DOCTYPE ${SVG_1_1} [${text}]>`)]) {
    it(`has the entities that are declared in ${prolog.slice(0, 120)}`, () => {
      const svg = `<?xml version="1.0"?>${prolog}${ROOT}`;
      const entities = readSvgRoot(Buffer.from(svg))?.entities ?? [];
      expect(entities).to.not.deep.equal([]);
      for (const { start, end } of entities) expect(svg.slice(start, end)).to.match(/^<!ENTITY\s[\s\S]*>$/);
    });
  }

  it('is looked for in linear time', () => {
    for (const [start, repeated] of HOSTILE) {
      const head = Buffer.alloc(HEADER_BYTES, repeated);
      head.write(start);
      expect(
        cpuTimeOf(() => sniffFormat(head)),
        `${start}${repeated}…`,
      ).to.be.lessThan(QUADRATIC_MS);
    }
  });
});
