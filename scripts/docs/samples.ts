import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { type Sample, WIDTH } from './pictures.ts';

const readSample = (name: string): Promise<Buffer> => readFile(new URL(`samples/${name}`, import.meta.url));

const openPhotograph = async (): Promise<Sharp> => sharp(await readSample('photograph.jpg'));

/** JPEG as cameras write it, so that the renditions are what photographs become. */
const asPhotograph = (image: Sharp): Promise<Buffer> =>
  image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();

/** The same numbers from 0 to 1 in every run, so that pictures change only when what they show does (the generator of Numerical Recipes). */
function* evenNumbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

const SPECKS = 0.02;

/** White and black pixels here and there, at the size that is shown, or resizing would take them away. */
async function addSpecks(): Promise<Buffer> {
  const { data, info } = await (await openPhotograph()).resize(WIDTH).raw().toBuffer({ resolveWithObject: true });
  const numbers = evenNumbers(3);
  for (let at = 0; at < data.length; at += info.channels) {
    const chance = numbers.next().value;
    if (chance < SPECKS) data.fill(chance < SPECKS / 2 ? 0 : 255, at, at + info.channels);
  }
  return asPhotograph(sharp(data, { raw: info }));
}

const FRAMES = 12;
const FRAME = { width: 240, height: 160 };
const FRAME_MS = 120;

/** The balloon on its way across a window into the photograph. */
async function animate(): Promise<Buffer> {
  const small = await (await openPhotograph())
    .resize(FRAME.width * 2)
    .png()
    .toBuffer();
  const frames = Array.from({ length: FRAMES }, (_, index) => {
    const left = Math.round(FRAME.width * 0.5 * (1 + Math.cos((2 * Math.PI * index) / FRAMES)));
    return sharp(small)
      .extract({ left, top: 20, ...FRAME })
      .png()
      .toBuffer();
  });
  const delay = new Array<number>(FRAMES).fill(FRAME_MS);
  return sharp(await Promise.all(frames), { join: { animated: true } })
    .gif({ delay, loop: 0 })
    .toBuffer();
}

/** Pixels of a side of the photograph for each that is shown. */
const SHRINKING = 4;

/** Makes each sample; the bytes of a file in a format that the service takes. */
export const SAMPLE_FILES: Record<Sample, () => Promise<Buffer>> = {
  scene: () => readSample('photograph.jpg'),
  /** A camera held upright writes the pixels on their side, and the EXIF orientation says so. */
  sideways: async () => asPhotograph((await openPhotograph()).rotate(270).withMetadata({ orientation: 6 })),
  framed: () => readSample('framed.svg'),
  logo: async () =>
    sharp(await readSample('logo.svg'))
      .png()
      .toBuffer(),
  hazy: async () => asPhotograph((await openPhotograph()).linear(0.42, 105)),
  dark: async () => asPhotograph((await openPhotograph()).gamma(2.2, 1)),
  specked: addSpecks,
  soft: async () => asPhotograph((await openPhotograph()).blur(SHRINKING)),
  animation: animate,
};
