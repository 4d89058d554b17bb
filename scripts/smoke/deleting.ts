import type { DeletionView } from '../../shared/contracts/api/deletion-view.ts';
import { type ImageView, imagePath } from '../../shared/contracts/api/image-view.ts';
import { ROUTES } from '../../shared/contracts/api/routes.ts';
import { uploadPath } from '../../shared/contracts/api/upload-view.ts';
import type { Answer } from '../upload/http-exchange.ts';
import type { Endpoint } from './endpoint.ts';
import { expectEqual, expectStatus, jsonOf, Unexpected } from './expectations.ts';
import { FILE_PREFIX, type Run, theParts, theWhole, waitFor } from './run.ts';

/** Deletes both images, and sees that the API knows it at once. */
export async function deleteImages(run: Run): Promise<void> {
  for (const { image } of [theParts(run), theWhole(run)]) {
    const path = imagePath(image.imageId);
    const answer = await run.api.ask('DELETE', path);
    expectStatus('the deletion', answer, 204, 202);
    expectForgotten(answer);
    await waitFor(run, 'the record is gone', async () => {
      const record = await run.api.ask('GET', path);
      return record.status === 410 ? true : undefined;
    });
    run.imageIds.delete(image.imageId);
  }
}

/** The CDN forgets what is deleted, unless the answer to the deletion says that it refuses to. */
function expectForgotten(answer: Answer): void {
  if (answer.status !== 202) return;
  const { purge } = jsonOf<DeletionView>('the deletion', answer);
  if (purge.status === 'failed') throw new Unexpected(`the CDN refuses to forget the image: ${purge.detail ?? ''}`);
}

/** What was downloaded before is gone from where it was downloaded, once the CDN has forgotten it. */
export async function seeThemGone(run: Run): Promise<void> {
  const { image, picture } = theWhole(run);
  const rendition = `${imagePath(image.imageId)}/renditions/${picture.renditions[0]?.name}`;
  // The CDN may keep the file for a year, and the others for a minute, after which it asks again.
  for (const path of [image.links.file, image.links.original, rendition]) {
    let status = 0;
    await waitFor(run, `${path} is gone`, async () => {
      status = (await run.bytes.ask('GET', path)).status;
      return status === 200 ? undefined : true;
    });
    expectEqual(`the status of ${path} after the deletion`, status, 410);
  }
}

/** Runs that were killed leave their images; those of an hour ago are no longer in use. */
const ABANDONED_MS = 60 * 60_000;

/**
 * Deletes what is left, with a client that is not ended by the signal that ended the run. An upload whose answer was lost is found by its name.
 * Returns what could not be deleted, and how many images of this run were seen gone.
 */
export async function cleanUp(run: Run, api: Endpoint): Promise<{ left: string[]; gone: number }> {
  const left: string[] = [];
  let gone = 0;
  const remove = async (path: string, ...wanted: number[]) => {
    try {
      const answer = await api.ask('DELETE', path);
      expectStatus(`DELETE ${path}`, answer, ...wanted);
      if (!path.startsWith(ROUTES.listImages.path)) return;
      expectStatus(`GET ${path} then`, await api.ask('GET', path), 404, 410);
      expectForgotten(answer);
      gone += 1;
    } catch (error) {
      left.push(`${path} (${(error as Error).message})`);
    }
  };
  // An upload that was completed is an image, and one that is being completed becomes one, which is deleted below.
  for (const uploadId of run.uploadIds) await remove(uploadPath(uploadId), 204, 404, 409, 410);
  const found = await findLeft(run, api).catch((error: Error) => {
    left.push(`what the list of images would show (${error.message})`);
    return [];
  });
  for (const imageId of new Set([...run.imageIds, ...found])) await remove(imagePath(imageId), 204, 202, 404, 410);
  return { left, gone };
}

/** The images of this run, and of runs that were killed, among the newest ones. */
async function findLeft(run: Run, api: Endpoint): Promise<string[]> {
  const answer = await api.ask('GET', ROUTES.listImages.path);
  expectStatus('the list of images', answer, 200);
  const { images } = jsonOf<{ images: ImageView[] }>('the list of images', answer);
  return images
    .filter(({ fileName = '', createdAt }) => {
      if (!fileName.startsWith(FILE_PREFIX)) return false;
      return fileName.startsWith(run.id) || Date.parse(createdAt) < Date.now() - ABANDONED_MS;
    })
    .map(({ imageId }) => imageId);
}
