import { expect } from 'chai';
import type { Sharp } from 'sharp';
import {
  bigEndian,
  readChunks,
  writeChunk,
} from '../../../../../../containers/worker/pipeline/formats/png/png-chunks.ts';
import { pngWith } from '../../../../../support/images/exif-bytes.ts';
import { COLOURS, type Colour, distance, look, photograph, plain } from '../../../../../support/images/picture.ts';
import { render } from '../../../../../support/worker/rendition-run.ts';

const SIGNATURE_AND_HEADER = 33;
const SIDE = 40;

/** The pixels of a PNG as its chunks have them, in so many chunks. */
async function dataOf(picture: Sharp, pieces = 1): Promise<Buffer[]> {
  const png = await picture.clone().ensureAlpha().png().toBuffer();
  const data = Buffer.concat(
    [...readChunks(png)].filter(({ type }) => type === 'IDAT').map(({ bytes }) => bytes.subarray(8, -4)),
  );
  const length = Math.ceil(data.length / pieces);
  return Array.from({ length: pieces }, (_, at) => data.subarray(at * length, (at + 1) * length));
}

interface Apng {
  frames: Sharp[];
  /** Where it is no frame. */
  defaultImage?: Sharp;
  /** The size and the offsets of the first frame. */
  place?: [width: number, height: number, x: number, y: number];
  declared?: number;
}

/** An animated PNG as apngasm writes it: the first frame is the picture that every program shows, or all frames are behind that. */
async function apngOf({
  frames,
  defaultImage,
  place = [SIDE, SIDE, 0, 0],
  declared = frames.length,
}: Apng): Promise<Buffer> {
  const header = (await plain(SIDE, SIDE, COLOURS.R).png().toBuffer()).subarray(0, SIGNATURE_AND_HEADER);
  const chunks: Buffer[] = [writeChunk('acTL', Buffer.concat([bigEndian(declared), bigEndian(0)]))];
  let number = 0;
  const control = ([width, height, x, y]: number[]): Buffer =>
    writeChunk(
      'fcTL',
      Buffer.concat([
        ...[number++, width, height, x, y].map((each) => bigEndian(each ?? 0)),
        Buffer.from([0, 10, 0, 100, 0, 0]),
      ]),
    );
  if (defaultImage) chunks.push(...(await dataOf(defaultImage)).map((data) => writeChunk('IDAT', data)));
  for (const [at, colour] of frames.entries()) {
    chunks.push(control(at === 0 ? place : [SIDE, SIDE, 0, 0]));
    for (const data of await dataOf(colour, 3))
      chunks.push(
        at === 0 && !defaultImage
          ? writeChunk('IDAT', data)
          : writeChunk('fdAT', Buffer.concat([bigEndian(number++), data])),
      );
  }
  return Buffer.concat([header, ...chunks, writeChunk('IEND', Buffer.alloc(0))]);
}

async function expectShown(png: Buffer, colour: Colour, codes: string[], what = ''): Promise<void> {
  for (const format of ['png', 'webp', 'gif']) {
    const { data, warnings = [] } = await render(png, { output: { format } });
    expect(distance((await look(data)).at(20, 20), colour), `${what} as ${format}`).to.be.at.most(4);
    expect(
      warnings.map(({ code }) => code),
      `${what} as ${format}`,
    ).to.deep.equal(codes);
  }
}

const { R, G, Y } = COLOURS;
const [red, green, blue] = [R, G, COLOURS.B].map((colour) => plain(SIDE, SIDE, colour)) as [Sharp, Sharp, Sharp];

describe('an animated PNG', () => {
  it('is shown by its first frame, with a warning', async () => {
    await expectShown(await apngOf({ frames: [green, blue, red] }), G, ['first_frame_only']);
  });

  it('is shown by its first frame even when its default image is no frame', async () => {
    await expectShown(await apngOf({ frames: [green, blue], defaultImage: red }), G, ['first_frame_only']);
    await expectShown(await apngOf({ frames: [green], defaultImage: red }), G, [], 'one frame');
    const light = pngWith(await apngOf({ frames: [plain(SIDE, SIDE, [200, 80, 40, 255]), blue], defaultImage: red }), [
      'gAMA',
      bigEndian(100_000),
    ]);
    await expectShown(light, [229, 152, 110, 255], ['first_frame_only'], 'with colours of its own');
  });

  it('has a warning that another picture is shown when its first frame covers only a part', async () => {
    const part = await apngOf({ frames: [green, blue], defaultImage: red, place: [SIDE, SIDE - 1, 0, 1] });
    await expectShown(part, R, ['first_frame_only']);
    expect((await render(part)).warnings?.[0]?.detail).to.include('is no frame of it');
  });

  it('counts as a still image, as in browsers, when its acTL does not come before its pixels', async () => {
    await expectShown(await apngOf({ frames: [green, blue], defaultImage: red, declared: 0 }), R, [], 'of no frames');
    await expectShown(await apngOf({ frames: [green] }), G, [], 'of one frame');
    const damaged = await apngOf({ frames: [green, blue], defaultImage: red });
    damaged[SIGNATURE_AND_HEADER + 14] = 1;
    await expectShown(damaged, R, [], 'with a damaged acTL');
    const plainOne = await plain(SIDE, SIDE, Y).png().toBuffer();
    const late = Buffer.concat([
      plainOne.subarray(0, -12),
      writeChunk('acTL', Buffer.concat([bigEndian(2), bigEndian(0)])),
      plainOne.subarray(-12),
    ]);
    await expectShown(late, Y, [], 'behind its pixels');
  });

  it('has the rows of its first frame that are there when it is cut, or is refused', async () => {
    const photo = photograph(SIDE, SIDE).ensureAlpha();
    const png = await apngOf({ frames: [photo, blue], defaultImage: red });
    const behind = png.lastIndexOf('fcTL') - 4;
    const ends = new Set<string>();
    for (let end = png.indexOf('fdAT') + 9; end < behind; end += 300) {
      const shown = await render(png.subarray(0, end)).catch((error: Error) => error);
      ends.add(shown instanceof Error ? 'refused' : 'made');
      if (shown instanceof Error) continue;
      expect(
        shown.warnings?.map(({ code }) => code),
        `${end} bytes`,
      ).to.have.members(['image_cut']);
      const bytes = 4 * SIDE * (SIDE / 2);
      const [made, whole] = [await look(shown.data), await look(await photo.png().toBuffer())];
      expect(made.pixels.subarray(0, bytes).equals(whole.pixels.subarray(0, bytes))).to.equal(true);
    }
    expect([...ends]).to.have.members(['refused', 'made']);
  });
});
