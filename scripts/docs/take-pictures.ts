import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { thumbHashToRGBA } from 'thumbhash';
import type { ImageView } from '../../shared/contracts/api/image-view.ts';
import { ROUTES } from '../../shared/contracts/api/routes.ts';
import { formatOfMediaType, IMAGE_FORMATS, UNDECLARED_MEDIA_TYPE } from '../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import type { Album, PictureFacts } from './album.ts';
import { PICTURES, type Picture, type Sample, WIDTH } from './pictures.ts';
import { SAMPLE_FILES } from './samples.ts';

/** The service refused something that the documentation shows. */
class PictureError extends Error {
  override readonly name = 'PictureError';
}

/** Seconds that all renditions of one image may take. */
const RENDER_SECONDS = 120;

async function request(url: string, init?: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  if (answer.ok) return answer;
  throw new PictureError(`${init?.method ?? 'GET'} ${url} answers ${answer.status}: ${await answer.text()}`);
}

async function upload(service: string, sample: Sample): Promise<ImageView> {
  const body = new Uint8Array(await SAMPLE_FILES[sample]());
  const headers = { 'content-type': UNDECLARED_MEDIA_TYPE };
  const answer = await request(service + ROUTES.uploadImage.path, { method: ROUTES.uploadImage.method, headers, body });
  return (await answer.json()) as ImageView;
}

/** Asks for renditions of an image, as many at once as a request takes, and waits until all are there. */
async function render(service: string, image: ImageView, pictures: Picture[]): Promise<ImageView> {
  const url = service + image.links.self;
  for (let at = 0; at < pictures.length; at += LIMITS.renditionsPerRequest) {
    const renditions = pictures
      .slice(at, at + LIMITS.renditionsPerRequest)
      .map(({ name, commands, output }) => ({ name, commands, output }));
    const headers = { 'content-type': 'application/json' };
    await request(`${url}/renditions`, { method: 'POST', headers, body: JSON.stringify({ renditions }) });
  }
  const end = performance.now() + RENDER_SECONDS * 1000;
  while (performance.now() < end) {
    const seen = (await (await request(url)).json()) as ImageView;
    const failed = seen.renditions?.find(({ status }) => status === 'failed');
    if (failed) throw new PictureError(`${failed.name} cannot be made: ${JSON.stringify(failed)}`);
    if (seen.renditions?.every(({ status }) => status === 'ready')) return seen;
    await pause(200);
  }
  throw new PictureError(`The renditions of ${url} are not ready within ${RENDER_SECONDS} s.`);
}

type ReadyRendition = NonNullable<ImageView['renditions']>[number];

async function download(service: string, folder: string, rendition: ReadyRendition): Promise<[string, PictureFacts]> {
  const { name, links, contentType = '', width = 0, height = 0, contentLength = 0, quality } = rendition;
  const format = formatOfMediaType(contentType);
  if (!format) throw new PictureError(`${name} is ${contentType || 'of no format'}, which no page can show.`);
  const file = `${name}.${IMAGE_FORMATS[format].extension}`;
  const bytes = await (await request(service + links.self)).arrayBuffer();
  await writeFile(join(folder, file), new Uint8Array(bytes));
  return [name, { file, format, width, height, contentLength, ...(quality !== undefined && { quality }) }];
}

/** Makes every picture of the documentation with a running service, in the folder; answers what is known of them. */
export async function takePictures(service: string, folder: string, log: (text: string) => void): Promise<Album> {
  const logo = await upload(service, 'logo');
  const withLogo = JSON.parse(JSON.stringify(PICTURES).replaceAll('$LOGO', logo.imageId)) as Picture[];
  await mkdir(folder, { recursive: true });
  const pictures = new Map<string, PictureFacts>();
  let scene: ImageView | undefined;
  for (const [sample, wanted] of Map.groupBy(withLogo, (picture) => picture.sample)) {
    log(`${wanted.length} of ${sample}`);
    const image = await render(service, sample === 'logo' ? logo : await upload(service, sample), wanted);
    for (const rendition of image.renditions ?? []) {
      const [name, shown] = await download(service, folder, rendition);
      pictures.set(name, shown);
    }
    if (sample === 'scene') scene = image;
  }
  const facts = await readPlaceholder(service, scene);
  const inOrder = PICTURES.map(({ name }) => [name, pictures.get(name) as PictureFacts]);
  const placeholder = await drawPlaceholder(facts.placeholder, folder);
  return { ...facts, pictures: { ...Object.fromEntries(inOrder), placeholder } };
}

/** The worker writes the placeholder and the dominant colour after the renditions, so this waits for them. */
async function readPlaceholder(
  service: string,
  image?: ImageView,
): Promise<Pick<Album, 'placeholder' | 'dominantColor'>> {
  for (let second = 0; image && second < RENDER_SECONDS; second += 1) {
    const { placeholder, dominantColor } = (await (await request(service + image.links.self)).json()) as ImageView;
    if (placeholder && dominantColor) return { placeholder, dominantColor };
    await pause(1000);
  }
  throw new PictureError('The record of the photograph has no placeholder.');
}

/** The one picture that a page draws itself. */
async function drawPlaceholder(placeholder: string, folder: string): Promise<PictureFacts> {
  const { w: width, h: height, rgba } = thumbHashToRGBA(Buffer.from(placeholder, 'base64'));
  const image = sharp(rgba, { raw: { width, height, channels: 4 } }).resize(WIDTH, undefined, { kernel: 'cubic' });
  const { data, info } = await image.webp({ quality: 75 }).toBuffer({ resolveWithObject: true });
  const file = 'placeholder.webp';
  await writeFile(join(folder, file), data);
  return { file, format: 'webp', width: info.width, height: info.height, contentLength: data.length };
}
