import { createCipheriv } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import {
  checkStructure,
  type Structure,
} from '../../../../../../containers/worker/pipeline/formats/check-structure.ts';
import { openSource } from '../../../../../../containers/worker/pipeline/run-pipeline.ts';
import type { OriginalKind } from '../../../../../../containers/worker/pipeline/source/original-kind.ts';
import { type ErrorCode, ImageServiceError } from '../../../../../../shared/domain/errors.ts';
import { estimate } from '../../../../../../shared/domain/estimate.ts';
import { LIMITS } from '../../../../../../shared/domain/limits.ts';
import { avifFrom, box, gridOf, type Item, overlayOf, tileOf } from '../../../../../support/images/avif-files.ts';
import { photograph } from '../../../../../support/images/photographs.ts';
import { rejectionOf } from '../../../../../support/rejection.ts';
import { pipelineOf } from '../../../../../support/worker/corners.ts';
import { DEFAULT_LIMITS, render, WATERMARK_ID } from '../../../../../support/worker/rendition-run.ts';

const NOTHING_CODED = Buffer.from([0x12, 0x00]);
const repeated = (count: number, id = 1): number[] => Array(count).fill(id);
/** An AVIF that only declares such a size: its header is all that is read before anything is decoded. */
const claiming = (width: number, height: number, more: Partial<Item> = {}): Item => ({
  size: [width, height],
  data: NOTHING_CODED,
  isHidden: true,
  ...more,
});
const made = (type: string, [width, height]: [number, number], parts: number[], more: Partial<Item> = {}): Item => ({
  type,
  size: [width, height],
  refers: [['dimg', ...parts]],
  ...more,
});

/** Each level names the one below ten times. */
const laughs = (levels: number): Item[] => [
  claiming(64, 64),
  ...Array.from({ length: levels }, (_, level) =>
    made('iovl', [64, 64], repeated(10, level + 1), { isHidden: level < levels - 1 }),
  ),
];

/** An image derived from the next one, which is derived from the next one, and so on. */
const chain = (links: number, more: Partial<Item>): Item[] => [
  claiming(64, 64),
  ...Array.from({ length: links }, (_, link) =>
    made('iden', [64, 64], [link + 1], { isHidden: link < links - 1, ...more }),
  ),
];

/** A frame as the data of an item has it: a unit of that type with a size of one byte. */
const frames = (count: number): Buffer => Buffer.alloc(3 * count, '320110', 'hex');

/** An image of random pixels, the same each time. */
const noisyTile = (): Promise<Item> =>
  tileOf(
    [512, 512],
    Buffer.from(createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(512 * 512 * 3))),
  );

const [WIDTH, HEIGHT] = [8000, 6000];

/** Small files that decoders work on for minutes, or all of the memory that there is. */
const HOSTILE: [what: string, make: () => Buffer, ErrorCode][] = [
  [
    'a grid of 225 cells that are one tile of 4096 × 4096',
    () => avifFrom([claiming(4096, 4096), made('grid', [1000, 1000], repeated(225))]),
    'too_many_pixels',
  ],
  [
    'a grid of 225 tiles that have the same bytes',
    () => {
      const cells = Array.from({ length: 225 }, () => claiming(4096, 4096));
      return avifFrom([
        ...cells,
        made(
          'grid',
          [1000, 1000],
          [...cells.keys()].map((index) => index + 1),
        ),
      ]);
    },
    'too_many_pixels',
  ],
  [
    'a grid of which every reference names a part',
    () =>
      avifFrom([
        claiming(4096, 4096),
        { type: 'grid', size: [64, 64], refers: repeated(16).map((id): [string, number] => ['dimg', id]) },
      ]),
    'too_many_pixels',
  ],
  ['overlays of overlays, ten of each', () => avifFrom(laughs(8)), 'too_many_pixels'],
  ['overlays of overlays beyond what a number holds', () => avifFrom(laughs(400)), 'too_many_pixels'],
  [
    'cells of one pixel that may be coded as 129 × 129',
    () =>
      avifFrom([
        claiming(1, 1),
        ...Array.from({ length: 12 }, () => made('grid', [32, 30], repeated(960), { isHidden: true })),
        made('grid', [128, 90], [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
      ]),
    'too_many_pixels',
  ],
  [
    'a large image in a chain of a hundred that are the same',
    () => avifFrom(chain(100, { size: [1000, 1000] })),
    'too_many_pixels',
  ],
  [
    'a transparency of 16,000 × 16,000 for 64 × 64',
    () =>
      avifFrom(
        [claiming(64, 64, { isHidden: false }), claiming(16_000, 16_000, { isAlpha: true, refers: [['auxl', 1]] })],
        { primary: 1 },
      ),
    'too_many_pixels',
  ],
  [
    'a tile whose transparency is a grid of large ones',
    () =>
      avifFrom([
        claiming(64, 64),
        claiming(4096, 4096),
        made('grid', [64, 64], repeated(25, 2), {
          isAlpha: true,
          isHidden: true,
          refers: [
            ['dimg', ...repeated(25, 2)],
            ['auxl', 1],
          ],
        }),
        made('grid', [64, 64], [1]),
      ]),
    'too_many_pixels',
  ],
  [
    'fifty frames one behind the other in one image',
    () => avifFrom([claiming(4096, 4096, { data: frames(50), isHidden: false })]),
    'too_many_pixels',
  ],
  [
    'fifty frames in pieces that end within a frame',
    () => avifFrom([claiming(4096, 4096, { data: frames(50), isHidden: false, pieces: 32 })]),
    'too_many_pixels',
  ],
  ['a grid of itself', () => avifFrom([made('grid', [64, 64], [1])]), 'image_unreadable'],
  [
    'an overlay of an overlay of it',
    () => avifFrom([made('iovl', [64, 64], [2], { isHidden: true }), made('iovl', [64, 64], [1])]),
    'image_unreadable',
  ],
  [
    'a transparency that is made of what it makes transparent',
    () =>
      avifFrom(
        [
          claiming(64, 64, { isHidden: false }),
          made('grid', [64, 64], [1], {
            isAlpha: true,
            refers: [
              ['dimg', 1],
              ['auxl', 1],
            ],
          }),
        ],
        { primary: 1 },
      ),
    'image_unreadable',
  ],
  [
    'a tile that tells no size',
    () => avifFrom([{ ...claiming(1, 1), size: null }, made('iovl', [64, 64], [1])]),
    'image_unreadable',
  ],
  ['more items than libheif opens', () => avifFrom(chain(LIMITS.avifItems, {})), 'image_unreadable'],
  [
    'references without number',
    () => avifFrom([claiming(1, 1), made('iovl', [64, 64], repeated(60_000))]),
    'image_unreadable',
  ],
  [
    'units of data without number',
    () => avifFrom([claiming(64, 64, { data: Buffer.alloc(200_000, '1200', 'hex'), isHidden: false })]),
    'image_unreadable',
  ],
  [
    'a meta box of 17 MiB',
    () => avifFrom([claiming(64, 64, { isHidden: false })], { moreMeta: box('free', Buffer.alloc(17 * 1024 ** 2)) }),
    'image_unreadable',
  ],
  [
    'items of which two have one number',
    () => {
      const file = avifFrom([claiming(64, 64), claiming(64, 64, { isHidden: false })]);
      const second = file.lastIndexOf('infe');
      file.writeUInt32BE(1, second + 8);
      return file;
    },
    'image_unreadable',
  ],
  [
    'two meta boxes',
    () => {
      const file = avifFrom([claiming(64, 64, { isHidden: false })]);
      const at = file.indexOf('meta') - 4;
      return Buffer.concat([file, file.subarray(at, at + file.readUInt32BE(at))]);
    },
    'image_unreadable',
  ],
];

/** Files as encoders write them, or could, and what they look like: the sides, and how many times their pixels are decoded at most. */
const HONEST: [what: string, make: () => Buffer | Promise<Buffer>, size: [number, number], times: number][] = [
  ['a photograph', () => photograph('avif', 96, 72), [96, 72], 1],
  [
    'an image with transparency',
    () =>
      sharp({ create: { width: 96, height: 72, channels: 4, background: '#12345678' } })
        .avif()
        .toBuffer(),
    [96, 72],
    1,
  ],
  [
    'a grid whose tiles reach beyond its edges',
    async () => {
      const tile = { ...(await tileOf([512, 512])), isHidden: true };
      return avifFrom([
        ...Array(6).fill(tile),
        made('grid', [1300, 700], [1, 2, 3, 4, 5, 6], { data: gridOf([1300, 700], [3, 2]) }),
      ]);
    },
    [1300, 700],
    2.8,
  ],
  [
    'an overlay of two',
    async () => {
      const tile = { ...(await tileOf([256, 256])), isHidden: true };
      return avifFrom([tile, tile, made('iovl', [256, 256], [1, 2], { data: overlayOf([256, 256], 2) })]);
    },
    [256, 256],
    5,
  ],
  [
    'one that is another',
    async () => avifFrom([{ ...(await tileOf([256, 256])), isHidden: true }, made('iden', [256, 256], [1])]),
    [256, 256],
    2.3,
  ],
  [
    'one with a thumbnail that is larger than it',
    async () =>
      avifFrom([await tileOf([64, 64]), { ...(await tileOf([512, 512])), refers: [['thmb', 1]] }], { primary: 1 }),
    [64, 64],
    1,
  ],
  [
    'one of two layers',
    async () => {
      const tile = await tileOf([64, 64]);
      return avifFrom([{ ...tile, data: Buffer.concat([tile.data as Buffer, tile.data as Buffer]) }]);
    },
    [64, 64],
    2,
  ],
];

describe('what is decoded for an AVIF', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'avif-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function stored(bytes: Buffer): Promise<string> {
    const path = join(folder, 'original.avif');
    await writeFile(path, bytes);
    return path;
  }

  for (const [what, make, code] of HOSTILE) {
    it(`is refused before anything is decoded for ${what}: ${code}`, async () => {
      const path = await stored(make());
      const begun = process.cpuUsage();
      const error = await rejectionOf(openSource(path, DEFAULT_LIMITS));
      const { user, system } = process.cpuUsage(begun);
      expect(error).to.be.instanceOf(ImageServiceError);
      expect(error).to.have.property('code', code);
      expect((error as Error).message, 'not what libvips says').to.match(/^The [^\n()]+\.$/);
      expect((user + system) / 1e6, 'seconds of the processor').to.be.below(1);
    });
  }

  for (const [what, make, [width, height], times] of HONEST) {
    it(`is within what is allowed for ${what}`, async () => {
      const bytes = await make();
      const { pixels = 0 } = (await checkStructure(await stored(bytes))).decoded ?? {};
      expect(pixels).to.be.within(width * height, times * width * height);
      expect(await render(bytes)).to.include({ width, height });
    });
  }

  it('is allowed for a grid of 512 × 512 tiles as large as an AVIF may be', async () => {
    const columns = Math.ceil(WIDTH / 512);
    const rows = Math.ceil(HEIGHT / 512);
    const tile = { ...(await tileOf([512, 512])), isHidden: true };
    const tiles = Array<Item>(columns * rows).fill(tile);
    const ids = tiles.map((_, index) => index + 1);
    const path = await stored(
      avifFrom([...tiles, made('grid', [WIDTH, HEIGHT], ids, { data: gridOf([WIDTH, HEIGHT], [columns, rows]) })]),
    );
    await openSource(path, DEFAULT_LIMITS);
    const error = await rejectionOf(openSource(path, { ...DEFAULT_LIMITS, maxInputPixels: 20_000_000 }));
    expect(error, 'of a service that takes fewer pixels').to.have.property('code', 'too_many_pixels');
  });

  it('is limited for a watermark image too', async () => {
    const watermark = avifFrom([claiming(4096, 4096), made('grid', [1000, 1000], repeated(225))]);
    const commands = [{ operation: 'watermark', imageId: WATERMARK_ID }];
    const error = await rejectionOf(render(await photograph('png'), { commands, watermark }));
    expect(error).to.have.property('code').be.oneOf(['too_many_pixels', 'watermark_unreadable']);
  });

  it('enters the estimate of a rendition, with the bytes as often as they are decoded', async () => {
    const tile = { ...(await noisyTile()), isHidden: true };
    const size: [number, number] = [18 * 512, 10 * 512];
    const shown = made('grid', size, repeated(180), { data: gridOf(size, [18, 10]) });
    const source = await openSource(await stored(avifFrom([tile, shown])), DEFAULT_LIMITS);
    const { decoded, ...plain } = source.kind;
    expect(decoded?.bytes).to.equal(180 * (tile.data?.length ?? 0) + 12);
    const pipeline = pipelineOf([{ operation: 'resize', width: 10 }], { format: 'jpeg' });
    const secondsOf = (kind: OriginalKind) => estimate({ ...pipeline, original: { ...kind, ...source.size } }).seconds;
    expect(secondsOf(source.kind) / secondsOf(plain)).to.be.above(3);
  });

  /** The same by going through all that is named one by one, however often; undefined for what never ends. */
  function counted(items: Item[], id: number, isPart: boolean, path: number[] = []): number | undefined {
    const { type = 'av01', size, refers = [] } = items[id - 1] as Item;
    if (!size || path.includes(id)) return undefined;
    const isDerived = type !== 'av01';
    const margin = isPart && !isDerived ? 128 : 0;
    let sum = isDerived && !isPart ? 0 : (size[0] + margin) * (size[1] + margin);
    for (const part of isDerived ? refers.flatMap(([, ...to]) => to) : []) {
      const more = counted(items, part, true, [...path, id]);
      if (more === undefined) return undefined;
      sum += more;
    }
    return sum;
  }

  it('is the sum over all of its parts, whatever is derived from what', async () => {
    const side = fc.integer({ min: 1, max: 300 });
    const item = (count: number): fc.Arbitrary<Item> =>
      fc.record({
        type: fc.constantFrom('av01', 'grid', 'iovl', 'iden'),
        size: fc.tuple(side, side),
        refers: fc
          .array(fc.integer({ min: 1, max: count }), { minLength: 1, maxLength: 3 })
          .map((to): [string, ...number[]][] => [['dimg', ...to]]),
      });
    const files = fc
      .integer({ min: 1, max: 6 })
      .chain((count) => fc.array(item(count), { minLength: count, maxLength: count }));
    await fc.assert(
      fc.asyncProperty(files, async (items) => {
        const found = await checkStructure(await stored(avifFrom(items))).catch((error: unknown) => error);
        const expected = counted(items, items.length, false);
        if (expected === undefined) expect(found).to.have.property('code', 'image_unreadable');
        else expect((found as Structure).decoded?.pixels).to.equal(expected);
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it('is found or refused in a sentence, whichever byte of the header is changed', async () => {
    const whole = avifFrom(
      [
        claiming(64, 64),
        claiming(64, 64),
        made('grid', [128, 64], [1, 2]),
        claiming(64, 64, { isAlpha: true, refers: [['auxl', 3]] }),
      ],
      { primary: 3 },
    );
    const end = whole.indexOf('mdat');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 24, max: end }), fc.integer({ min: 0, max: 255 }), async (place, value) => {
        const broken = Buffer.from(whole);
        broken[place] = value;
        const found = await checkStructure(await stored(broken)).catch((error: unknown) => error);
        if (found instanceof Error) expect(found, `byte ${place}`).to.be.instanceOf(ImageServiceError);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
