import sharp, { type Sharp } from 'sharp';
import { drawLogo } from './logo.ts';
import { type Sample, WIDTH } from './pictures.ts';
import { drawScene, SCENE } from './scene.ts';
import { balloon, evenNumbers } from './shapes.ts';

/** JPEG as cameras write it, so that the renditions are what photographs become. */
const asPhotograph = (image: Sharp): Promise<Buffer> =>
  image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();

let drawn: Promise<Buffer> | undefined;

/** Drawn once, which takes seconds. */
async function openScene(): Promise<Sharp> {
  drawn ??= sharp(drawScene()).flatten().png({ compressionLevel: 1 }).toBuffer();
  return sharp(await drawn);
}

const SPECKS = 0.02;

/** White and black pixels here and there, at the size that is shown, or resizing would take them away. */
async function drawSpecked(): Promise<Buffer> {
  const { data, info } = await (await openScene()).resize(WIDTH).raw().toBuffer({ resolveWithObject: true });
  const numbers = evenNumbers(3);
  for (let at = 0; at < data.length; at += info.channels) {
    const chance = numbers.next().value;
    if (chance < SPECKS) data.fill(chance < SPECKS / 2 ? 0 : 255, at, at + info.channels);
  }
  return asPhotograph(sharp(data, { raw: info }));
}

/** The balloon alone on paper, more to one side. */
const drawFramed = (): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="1080" height="720"><defs>
  <radialGradient id="shade" cx="0.32" cy="0.3" r="0.8"><stop offset="0" stop-color="#fff" stop-opacity="0.38"/>
    <stop offset="0.4" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#14102a" stop-opacity="0.72"/></radialGradient></defs>
  <rect width="100%" height="100%" fill="#ece4d4"/><g transform="translate(700 300)">${balloon()}</g></svg>`);

const FRAMES = 12;
const FRAME = { width: 240, height: 160 };
const FRAME_MS = 120;

/** The balloon on its way across a window into the scene. */
async function drawAnimation(): Promise<Buffer> {
  const small = await (await openScene())
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

/** Draws each sample; the bytes of a file in a format that the service takes. */
export const DRAWINGS: Record<Sample, () => Promise<Buffer>> = {
  scene: async () => asPhotograph(await openScene()),
  /** As a camera held upright writes it: the pixels lie on their side, and the EXIF orientation says so. */
  sideways: async () => asPhotograph((await openScene()).rotate(270).withMetadata({ orientation: 6 })),
  framed: async () => drawFramed(),
  logo: () => sharp(drawLogo()).png().toBuffer(),
  hazy: async () => asPhotograph((await openScene()).linear(0.42, 105)),
  dark: async () => asPhotograph((await openScene()).gamma(2.2, 1)),
  specked: drawSpecked,
  soft: async () => asPhotograph((await openScene()).blur(SCENE.width / WIDTH)),
  animation: drawAnimation,
};
