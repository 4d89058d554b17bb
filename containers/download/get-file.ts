import { originalFile } from '../../shared/contracts/api/image-view.ts';
import { fileOfKey, renditionHash } from '../../shared/domain/object-key.ts';
import type { Handler } from '../../shared/http/server.ts';
import { findImage } from '../../shared/storage/table/image-access.ts';
import { originalObject } from './get-original.ts';
import { checkImageAccess } from './image-access.ts';
import { readPreferWait } from './prefer-wait.ts';
import { sendObject } from './send-object.ts';
import { fileNotFound, type RenditionDependencies, sendRendition } from './send-rendition.ts';
import { sendRenditionStatus } from './send-rendition-status.ts';

/** `GET /v1/images/{imageId}/files/{file}`: the original or a rendition by the hash of its content, so that the bytes of a URL never change. */
export const getFile =
  (dependencies: RenditionDependencies): Handler =>
  async (request, h) => {
    const { table, objects, stalledMs } = dependencies;
    const file = String(request.params.file);
    // The read is consistent, because caches keep the answer for a year: it must not come from a moment before the image was deleted.
    const found = await findImage(table, String(request.params.imageId), { consistent: true });
    const { signedUrls } = dependencies;
    const image = await checkImageAccess(request, found, { need: 'bytes', signedUrls });
    const { record, renditions } = image;
    if (file === originalFile(record)) {
      return await sendObject(request, h, { objects, stalledMs, object: originalObject(record, 'immutable') });
    }
    // A rendition has no key while it is made again, and is found by its hash.
    const named = renditions.filter((each) =>
      each.facts
        ? fileOfKey(each.facts.key) === file
        : renditionHash(record.checksumSha256, each) === file.split('.')[0],
    );
    // Renditions with the same commands share a file, which is private if it is so in one of them.
    const rendition = named.find(({ isPrivate }) => isPrivate) ?? named[0];
    if (!rendition) throw fileNotFound(record.imageId, file);
    const { name } = rendition;
    const context = { request, h, image, preferWait: readPreferWait(request, table) };
    const sent = await sendRendition(context, { name, policy: 'immutable', file }, dependencies);
    return sent.response ?? sendRenditionStatus({ ...context, image: sent.image }, name);
  };
