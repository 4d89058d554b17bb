import { Readable } from 'node:stream';
import type { RenditionRequest } from '../../shared/domain/commands.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { IMAGE_FORMATS } from '../../shared/domain/image-format.ts';
import { originalKey, renditionKey } from '../../shared/domain/object-key.ts';
import type { RenditionFacts } from '../../shared/domain/rendition.ts';
import { type ImageTable, readImage } from '../../shared/storage/image-table.ts';
import { runPipeline } from './pipeline/run-pipeline.ts';
import type { Job } from './rendition-attempt.ts';

/** Runs a pipeline on an original and stores the result under the key that its content has. */
export async function makeRendition(
  request: RenditionRequest,
  { image, fetchOriginal, delivery, objects, table, directory, maxInputPixels }: Job,
): Promise<RenditionFacts> {
  const { imageId, owner, checksumSha256 } = image.record;
  const watermarks: string[] = [];
  const fetchWatermark = async (watermarkId: string): Promise<string> => {
    await checkWatermark(table, watermarkId, owner);
    const path = await directory.fetch(objects, originalKey(watermarkId), delivery.lost);
    watermarks.push(path);
    return path;
  };
  try {
    const { data, width, height } = await runPipeline(await fetchOriginal(), request, {
      maxInputPixels,
      signal: delivery.lost,
      fetchWatermark,
    });
    const key = renditionKey(imageId, checksumSha256, request);
    const contentType = IMAGE_FORMATS[request.output.format].mediaType;
    const stored = await objects.put(key, Readable.from([data]), { contentType, contentLength: data.length });
    return { key, contentType, ...stored, width, height };
  } finally {
    await Promise.all(watermarks.map((path) => directory.remove(path)));
  }
}

/** A watermark is an image of the same owner. That it is another's and that it does not exist are one answer, so that ids cannot be tried out. */
async function checkWatermark(table: ImageTable, watermarkId: string, owner: string): Promise<void> {
  const watermark = await readImage(table, watermarkId, { consistent: true });
  if (watermark?.record.status === 'stored' && watermark.record.owner === owner) return;
  throw new ImageServiceError('watermark_not_found', `There is no image ${watermarkId} to use as a watermark.`);
}
