import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { budgetOf } from '../../../shared/domain/budget.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { drawing } from '../drawings/drawings.ts';
import { STYLE_SHEETS, styledDrawing } from '../drawings/style-sheets.ts';
import { MANY_PARTS } from '../images/many-parts.ts';
import { openCorners, pipelineOf } from './corners.ts';

const MiB = 1024 ** 2;

export const JPEG = { format: 'jpeg' };

/** A title, the file, commands and output, and the outcome: `ready`, or the code of a refusal before a pixel is decoded. */
export type Row = [
  what: string,
  make: () => Promise<Buffer> | Buffer,
  commands: object[],
  output: object,
  becomes: string,
];

/** An image process with the settings of production, and a folder for its files. */
export interface Bench {
  folder(): string;
  corners(): ReturnType<typeof openCorners>;
}

/** Opens an image process before the tests of a suite, and closes it after them. */
export function openBench(): Bench {
  let folder: string;
  let corners: ReturnType<typeof openCorners>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'affordable-'));
    corners = openCorners(folder, budgetOf({ timeoutSeconds: 60, memoryBytes: 1536 * MiB }));
  });
  after(async () => {
    await corners.stop();
    await rm(folder, { recursive: true });
  });
  return { folder: () => folder, corners: () => corners };
}

export function testRow([what, make, commands, output, becomes]: Row, { folder, corners }: Bench): void {
  it(`${becomes === 'ready' ? 'is admitted for' : `is refused with ${becomes} before a pixel is decoded for`} ${what}`, async () => {
    const path = join(folder(), 'original');
    await writeFile(path, await make());
    const { outcome, detail, isRendered } = await corners().run(path, pipelineOf(commands, output));
    expect(outcome, detail).to.equal(becomes);
    expect(isRendered).to.equal(becomes === 'ready');
    expect(detail).to.match(becomes === 'ready' ? /^$/ : /^[^\n]+\.$/);
  });
}

/** A file with as many parts as its limit, or more. */
export function partsBeyond(name: keyof typeof MANY_PARTS, more: number, becomes: string): Row {
  const parts = LIMITS[name] + more;
  return [`a file of ${parts} ${name}`, () => MANY_PARTS[name](parts), [], JPEG, becomes];
}

/** A drawing whose style sheet costs a multiple of what is admitted. */
export const styledBy = (kind: string, times: number, becomes: string): Row => [
  `an SVG of ${kind}, ${times} times the limit`,
  () => Buffer.from(styledDrawing(STYLE_SHEETS[kind] as (typeof STYLE_SHEETS)[string], { times })),
  [],
  JPEG,
  becomes,
];

/** A drawing with the given number of elements, including its root. */
export const elementsOf = (element: string, count: number): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99">${element.repeat(count - 1)}</svg>`);

/** The letters of one text. The time of librsvg's layout grows with the square of their number. */
export const written = (letters: number): Buffer =>
  Buffer.from(
    drawing({ width: 8, height: 8 })
      .toString()
      .replace('<rect', `<text font-size="1"><tspan>${'ab c'.repeat(letters / 4)}</tspan></text><rect`),
  );
