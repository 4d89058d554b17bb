import { imageView } from '../../shared/contracts/api/image-view.ts';
import type { LinkRequest, LinkView } from '../../shared/contracts/api/link.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { FORMAT_OF_EXTENSION } from '../../shared/domain/formats/image-format.ts';
import { noteAudit } from '../../shared/http/audit.ts';
import type { Handler } from '../../shared/http/server.ts';
import { type LinkKey, signLink } from '../../shared/http/signed-links.ts';
import { findImage } from '../../shared/storage/table/image-access.ts';
import type { Image, ImageTable } from '../../shared/storage/table/image-table.ts';
import { checkImageAccess, type ImageAccess } from './image-access.ts';
import { fileNotFound, findRendition } from './send-rendition.ts';

export interface LinkDependencies extends ImageAccess {
  table: ImageTable;
  linkKeys: readonly LinkKey[];
}

/** `POST /v1/images/{imageId}/links` */
export const createLink =
  ({ table, linkKeys: [key], signedUrls }: LinkDependencies): Handler =>
  async (request, h) => {
    const link = request.payload as LinkRequest;
    noteAudit(request, { target: link.target });
    if (!key) throw linksUnavailable('No key to sign links with is set: LINK_KEYS of the service `download`.');
    if (signedUrls && link.target !== 'events') throw linksUnavailable(BEHIND_CDN);
    // The read is consistent, because clients ask for links right after the upload.
    const found = await findImage(table, String(request.params.imageId), { consistent: true });
    const image = await checkImageAccess(request, found, { need: 'change' });
    const expiresAt = new Date((Math.floor(Date.now() / 1000) + link.expiresInSeconds) * 1000);
    const url = signLink(pathOf(image, link), expiresAt, key);
    noteAudit(request, { expiresAt: expiresAt.toISOString() });
    const view: LinkView = { url, expiresAt: expiresAt.toISOString() };
    return h.response(view).code(201).header('cache-control', 'no-store');
  };

const linksUnavailable = (detail: string): ImageServiceError => new ImageServiceError('links_unavailable', detail);

const BEHIND_CDN =
  'SIGNED_URLS is on, so the CDN serves bytes only for URLs that its own keys have signed. Sign such a URL instead; links can only open events here.';

/** Throws if the image has no such target: otherwise a wrong link would be noticed only by those who receive it. */
function pathOf(image: Image, { target, name = '' }: LinkRequest): string {
  const { links, renditions = [] } = imageView(image.record, image.renditions);
  if (target === 'original' || target === 'events') return links[target];
  if (target === 'rendition') {
    const [base = '', extension = ''] = name.split('.');
    findRendition(image, FORMAT_OF_EXTENSION.has(extension) ? base : name);
    return `${links.self}/renditions/${name}`;
  }
  const path = `${links.self}/files/${name}`;
  const files = [links, ...renditions.map((each) => each.links)].map((each) => 'file' in each && each.file);
  if (!files.includes(path)) throw fileNotFound(image.record.imageId, name);
  return path;
}
