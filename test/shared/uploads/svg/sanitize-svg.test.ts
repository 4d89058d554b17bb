import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import sharp from 'sharp';
import { type ErrorCode, ImageServiceError } from '../../../../shared/domain/errors.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import { plainSvg } from '../../../../shared/domain/svg/svg-entities.ts';
import { closeSvgSanitizer, sanitizeSvg } from '../../../../shared/uploads/svg/sanitize-svg.ts';
import { describeSvgBombs } from '../../../support/drawings/describe-svg-bombs.ts';
import { BILLION_LAUGHS, drawing, drawingOf } from '../../../support/drawings/drawings.ts';
import { HARMLESS_SVGS } from '../../../support/drawings/harmless-svgs.ts';
import { hostileSvgs } from '../../../support/drawings/hostile-svgs.ts';
import { svgProblems } from '../../../support/drawings/strict-svg-check.ts';
import { rejectionOf } from '../../../support/rejection.ts';

const sanitize = (svg: Buffer) => sanitizeSvg(svg, 'anybody');

const HOSTILE = hostileSvgs('http://leak.example/leak');
const HARMLESS = drawing({ width: 48, height: 32 });

/** As the worker draws it. */
const pixelsOf = (svg: Buffer): Promise<Buffer> => sharp(plainSvg(svg)).raw().toBuffer();

async function expectRefused(svg: Buffer | string, code: ErrorCode, detail: RegExp): Promise<void> {
  const error = await rejectionOf(sanitize(Buffer.from(svg)));
  expect(error).to.be.instanceOf(ImageServiceError);
  expect((error as ImageServiceError).code).to.equal(code);
  expect((error as ImageServiceError).message).to.match(detail);
}

const svg = (content: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg"${attributes}>${content}</svg>`;

describe('sanitizeSvg', () => {
  after(closeSvgSanitizer);

  for (const kind of new Set(HOSTILE.map((each) => each.kind))) {
    it(`leaves nothing that runs or loads of drawings that try it by ${kind}, says so, and changes nothing the second time`, async () => {
      for (const { name, svg } of HOSTILE.filter((each) => each.kind === kind)) {
        const result = await sanitize(Buffer.from(svg));
        const text = result.svg.toString();
        expect(svgProblems(text), `${name}: ${text}`).to.deep.equal([]);
        expect(text, name).to.include('fill="green"');
        // Markup that is text does nothing.
        if (kind !== 'markup') expect(result.removed, name).to.not.deep.equal([]);
        const again = await sanitize(result.svg);
        expect(again.svg.toString(), name).to.equal(text);
        expect(again.removed, name).to.deep.equal([]);
      }
    });
  }

  it('is tried with drawings in which the strict check finds what is hostile, unless it is text', () => {
    const found = (text: string) => svgProblems(text).filter((problem) => !problem.startsWith('declares'));
    expect(HOSTILE).to.have.length.above(300);
    for (const { kind, name, svg } of HOSTILE)
      if (kind !== 'markup') expect(found(svg), `${kind}: ${name}`).to.not.deep.equal([]);
  });

  for (const [name, source] of Object.entries(HARMLESS_SVGS)) {
    it(`leaves the pixels of a harmless drawing: ${name}`, async () => {
      const bytes = Buffer.from(source);
      const { svg } = await sanitize(bytes);
      expect(svgProblems(svg.toString())).to.deep.equal([]);
      const pixels = await pixelsOf(bytes);
      expect(new Set(pixels)).to.have.property('size').above(1);
      expect((await pixelsOf(svg)).equals(pixels), svg.toString()).to.equal(true);
      expect((await sanitize(svg)).svg.equals(svg)).to.equal(true);
    });
  }

  it('says in plain words what it removed', async () => {
    const hostile = `<?xml-stylesheet href="a"?><!DOCTYPE svg>${svg(
      [
        '<script/><foreignObject/><b xmlns="urn:b"/><c/><metadata/><rect onclick="a" style="fill:url(a)" d:d="" e="" fill="url(a)"/>',
        '<a><set attributeName="href" to="javascript:a"/></a>',
      ].join(''),
      ' xmlns:d="urn:d"',
    )}`;
    expect((await sanitize(Buffer.from(hostile))).removed).to.deep.equal([
      'animation of a link, style or event handler',
      'attribute of another namespace',
      'document type',
      'element of another namespace',
      'event handler',
      'external reference',
      'foreignObject',
      'metadata',
      'processing instruction',
      'script',
      'unknown attribute',
      'unknown element',
      'unsafe style',
    ]);
    expect((await sanitize(HARMLESS)).removed).to.deep.equal([]);
  });

  it('refuses what is no SVG, is not well-formed or has entities that are not flat', async () => {
    await expectRefused('', 'image_unreadable', /not well-formed XML: line 1: document must contain a root element\./);
    await expectRefused('<html xmlns="http://www.w3.org/1999/xhtml"/>', 'image_unreadable', /namespace of SVG/);
    await expectRefused('<svg xmlns="urn:a"/>', 'image_unreadable', /xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    await expectRefused(svg('\n<g>'), 'image_unreadable', /line 2: /);
    await expectRefused(svg('<g a="1" a="2"/>'), 'image_unreadable', /not well-formed/);
    await expectRefused(svg('&#0;'), 'image_unreadable', /not well-formed/);
    await expectRefused(`${BILLION_LAUGHS}${svg('&l9;')}`, 'image_unreadable', /entities/);
    await expectRefused(
      `<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>${svg('&e;')}`,
      'image_unreadable',
      /entities/,
    );
    await expectRefused(`<!DOCTYPE svg [<!ENTITY % e SYSTEM "x"> %e;]>${svg('')}`, 'image_unreadable', /entities/);
  });

  it('takes as many bytes as an SVG may have, and no more', async () => {
    expect((await sanitize(drawingOf(LIMITS.svgBytes))).removed).to.deep.equal([]);
    await expectRefused(drawingOf(LIMITS.svgBytes + 1), 'payload_too_large', /4194304 bytes/);
  });

  it('lets eight drawings wait beside the one in work, and refuses the next of those who send most', async () => {
    const nine = Array.from({ length: 9 }, () => sanitize(HARMLESS));
    await expectRefused(HARMLESS, 'too_many_uploads_at_once', /8 SVGs are waiting/);
    const last = rejectionOf(nine.at(-1) as Promise<unknown>);
    const other = sanitizeSvg(HARMLESS, 'somebody else');
    expect(await last).to.have.property('code', 'too_many_uploads_at_once');
    await Promise.all([...nine.slice(0, -1), other]);
    await sanitize(HARMLESS);
  });

  it('fails what it works on and what waits when it is closed, and can be used again', async () => {
    const two = [sanitize(HARMLESS), sanitize(HARMLESS)].map(rejectionOf);
    await closeSvgSanitizer();
    for (const error of await Promise.all(two)) expect(error).to.have.property('code', 'service_unavailable');
    await sanitize(HARMLESS);
  });

  it('lets a process end that has sanitised and does nothing more', () => {
    const path = JSON.stringify(new URL('../../../../shared/uploads/svg/sanitize-svg.ts', import.meta.url).href);
    const program = `const { sanitizeSvg } = await import(${path});
      console.log((await sanitizeSvg(Buffer.from('<svg onload="a" xmlns="http://www.w3.org/2000/svg"/>'), 'anybody')).removed);`;
    const args = ['--input-type=module', '--eval', program];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 50_000 })).to.equal(
      "[ 'event handler' ]\n",
    );
  });
});

// The others are among the slow tests.
describeSvgBombs({ drawings: ['elements'], styles: ['nested rules'] });
