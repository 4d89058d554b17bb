import { expect } from 'chai';
import sharp from 'sharp';
import { LIMITS } from '../../../../../shared/domain/limits.ts';
import { inkOf } from '../../../../support/images/ink.ts';
import { COLOURS, type Colour, distance, draw, plain } from '../../../../support/images/picture.ts';
import { render, view } from '../../../../support/worker/rendition-run.ts';

const write = (text: string, more: object = {}) => ({ operation: 'watermarkText', text, gravity: 'centre', ...more });

const GROUND: Colour = [0, 0, 200, 255];

describe('the characters of watermarkText', () => {
  let image: Buffer;
  before(async () => {
    image = await plain(300, 40, GROUND).removeAlpha().png().toBuffer();
  });
  const written = (text: string, more: object = {}) => view(image, { commands: [write(text, more)] });
  const widthOf = async (text: string) => inkOf(await written(text), GROUND).width;

  for (const [text, parts] of [
    ['&', ['&']],
    ['x&y', ['x', '&', 'y']],
    ['a<b', ['a', '<', 'b']],
    ['<b>O</b>', ['<', 'b', '>', 'O', '<', '/', 'b', '>']],
    ['&lt;', ['&', 'l', 't', ';']],
    ['</span>', ['<', '/', 's', 'p', 'a', 'n', '>']],
    ['<!-- -->', ['<', '!', '-', '-', '-', '-', '>']],
    ['"\'', ['"', "'"]],
  ] as const) {
    it(`draws ${text} as it is written`, async () => {
      const widths = await Promise.all(parts.map(widthOf));
      // Characters have some room around them, by 40 % of their ink where that is narrow.
      const sum = widths.reduce((all, width) => all + width, 0);
      expect(await widthOf(text)).to.be.within(sum, sum * 1.2 + parts.length * 4);
    });
  }

  it('take no other colour or size from text that looks like markup', async () => {
    const text = '</span><span foreground="#ff0000" size="90pt">█';
    const picture = await written(text, { color: '#00ff00', fontSize: 10 });
    expect(inkOf(picture, GROUND).height).to.be.at.most(14);
    const reds = picture.pixels.filter((value, at) => at % 4 === 0 && value > 0);
    expect(reds).to.have.lengthOf(0);
  });

  for (const [kind, text] of [
    ['emoji', '👩‍👩‍👧‍👦🎉'],
    ['Chinese, Japanese and Korean', '漢字かな한글'],
    ['scripts that run to the left', 'مرحبا שלום'],
    ['characters that combine', 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘'],
    ['hieroglyphs', '𓀀𓁐'],
    ['a replacement character', '\ufffd'],
    ['the longest text', 'W'.repeat(LIMITS.watermarkTextLength)],
  ]) {
    it(`draws something for ${kind}, whether the font has it or not`, async () => {
      const { width, height } = inkOf(await written(text ?? ''), GROUND);
      expect(width).to.be.within(6, 300);
      expect(height).to.be.within(1, 40);
    });
  }

  it('add no transparency to an opaque image', async () => {
    for (const more of [{}, { opacity: 0.5 }, { tile: true }, { blend: 'multiply' }]) {
      const { data } = await render(image, { commands: [write('Ada', more)] });
      expect((await sharp(data).metadata()).hasAlpha).to.equal(false);
    }
  });

  it('are opaque on transparent ground, which stays as it is around them', async () => {
    const clear = await draw(60, 40, (x) => (x < 30 ? COLOURS['.'] : [0, 0, 255, 128]))
      .png()
      .toBuffer();
    for (const flips of [[], [{ operation: 'flip' }, { operation: 'flip' }]]) {
      const picture = await view(clear, { commands: [...flips, write('███', { fontSize: 20, color: '#ff0000' })] });
      for (const x of [25, 35]) expect(distance(picture.at(x, 20), COLOURS.R)).to.be.at.most(1);
      expect(picture.at(5, 3)).to.deep.equal(COLOURS['.']);
      expect(distance(picture.at(55, 3), [0, 0, 255, 128])).to.be.at.most(1);
    }
  });

  it('keep their opacity on transparent ground', async () => {
    const clear = await plain(60, 40, COLOURS['.']).png().toBuffer();
    const picture = await view(clear, { commands: [write('███', { fontSize: 20, color: '#ff0000', opacity: 0.5 })] });
    expect(distance(picture.at(30, 20), [255, 0, 0, 128])).to.be.at.most(1);
  });
});
