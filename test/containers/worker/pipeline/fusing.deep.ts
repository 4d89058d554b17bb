import { expect } from 'chai';
import fc from 'fast-check';
import type { Sharp } from 'sharp';
import { COMMANDS } from '../../../../shared/contracts/api/command-schemas.ts';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { drawing } from '../../../support/drawings/drawings.ts';
import {
  type Colour,
  difference,
  draw,
  look,
  type Picture,
  photograph,
  plain,
  visibleDifference,
} from '../../../support/images/picture.ts';
import { type RandomCommand, randomCommands } from '../../../support/worker/random-commands.ts';
import { type Run, render } from '../../../support/worker/rendition-run.ts';

const glass = (width = 48, height = 36): Sharp =>
  draw(width, height, (x, y) => [(x * 5) % 256, (y * 7) % 256, 128, (x * 11 + y * 3) % 256]);
const soft = (): Sharp => photograph(48, 36);
/** Steps from black to white and to full colours, which computing beyond them would show. */
const edges = (): Sharp => draw(48, 36, (x, y) => edgeAt(x, y)).removeAlpha();
const edgeAt = (x: number, y: number): Colour => {
  if (x % 12 < 3) return [255, 255, 255, 255];
  if (y % 9 < 2) return [0, 0, 0, 255];
  return x < 24 ? [255, 0, 0, 255] : [20, 200, 250, 255];
};

/** Originals of which a pass sees the same pixels whether it reads the file or the pass before: of these every pixel must be the same. */
const EXACT: Record<string, () => Promise<Buffer>> = {
  photograph: () => soft().png().toBuffer(),
  edges: () => edges().png().toBuffer(),
  transparent: () => glass().png().toBuffer(),
  grey: () => edges().toColourspace('b-w').png().toBuffer(),
  'grey and transparent': () => glass().toColourspace('b-w').png().toBuffer(),
  palette: () => glass().png({ palette: true }).toBuffer(),
  pixel: () => plain(1, 1, [200, 100, 50, 255]).png().toBuffer(),
  'transparent pixel': () => plain(1, 1, [200, 100, 50, 100]).png().toBuffer(),
  column: () => photograph(1, 40).png().toBuffer(),
  row: () => glass(40, 1).png().toBuffer(),
  drawing: async () => drawing({ width: 48, height: 36 }),
};

/**
 * Those of which a resize sees others, with the most by which results may then differ in the mean, in levels of 255: JPEG
 * is decoded at a smaller size; more than 8 bits and CMYK are mixed before they are rounded to sRGB; what lies on its side has its columns
 * scaled before its rows, with a rounding between. Without a resize they must be the same too.
 */
const NEAR: Record<string, [most: number, () => Promise<Buffer>]> = {
  'on its side': [0.2, () => soft().withMetadata({ orientation: 6 }).png().toBuffer()],
  'transparent on its side': [2, () => glass().withMetadata({ orientation: 7 }).png().toBuffer()],
  '16-bit': [2, () => soft().toColourspace('rgb16').png().toBuffer()],
  '16-bit and transparent': [2, () => glass().toColourspace('rgb16').png().toBuffer()],
  '16-bit and grey': [2, () => soft().toColourspace('grey16').png().toBuffer()],
  JPEG: [2, () => soft().jpeg({ quality: 95 }).toBuffer()],
  'JPEG on its side': [2, () => soft().withMetadata({ orientation: 5 }).jpeg({ quality: 95 }).toBuffer()],
  'CMYK JPEG': [2, () => soft().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()],
};

/** Commands by which a level more or less becomes black or white, or another place. */
const enlargesDifferences = ({ operation, position = '' }: RandomCommand): boolean =>
  ['threshold', 'clahe', 'normalise', 'trim', 'gamma'].includes(operation) || /entropy|attention/.test(position);

const KINDS: Record<string, [most: number, () => Promise<Buffer>]> = {
  ...Object.fromEntries(Object.entries(EXACT).map(([kind, make]) => [kind, [0, make] as const])),
  ...NEAR,
};

const isExact = (kind: string, commands: RandomCommand[]): boolean =>
  kind in EXACT || !commands.some(({ operation }) => operation === 'resize');

async function outcome(bytes: Buffer, run: Run): Promise<Picture | string> {
  try {
    return await look((await render(bytes, run)).data);
  } catch (error) {
    if (error instanceof ImageServiceError) return error.code;
    throw error;
  }
}

const BUDGET_MS = 20_000;

describe('passes that several commands share', () => {
  it('give the same result as one pass for each command, for random pipelines', async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
    process.stdout.write(`      seed ${seed}; to repeat: SEED=${seed}\n`);
    const watermark = await draw(9, 7, (x, y) => [250, 30, x * 20, y < 3 ? 255 : 120])
      .png()
      .toBuffer();
    let compared = 0;
    const property = fc.asyncProperty(
      fc.constantFrom(...Object.keys(KINDS)),
      randomCommands,
      async (kind, commands) => {
        fc.pre(isExact(kind, commands) || !commands.some(enlargesDifferences));
        const [most, make] = KINDS[kind] as [number, () => Promise<Buffer>];
        const bytes = await make();
        const fused = await outcome(bytes, { commands, watermark });
        const plainly = await outcome(bytes, { commands, watermark, isUnfused: true });
        if (typeof fused === 'string' || typeof plainly === 'string') return void expect(fused).to.equal(plainly);
        compared += 1;
        expect([fused.width, fused.height]).to.deep.equal([plainly.width, plainly.height]);
        if (isExact(kind, commands)) expect(difference(fused, plainly).most).to.equal(0);
        else expect(visibleDifference(fused, plainly).mean).to.be.at.most(most);
      },
    );
    await fc.assert(property, { seed, numRuns: 5_000, interruptAfterTimeLimit: BUDGET_MS });
    expect(compared).to.be.above(50);
  }).timeout(BUDGET_MS * 3);

  it('are tested with every operation', () => {
    const named = fc.sample(randomCommands, { numRuns: 1_000, seed: 1 }).flat();
    expect(new Set(named.map(({ operation }) => operation))).to.deep.equal(new Set(Object.keys(COMMANDS)));
  });
});
