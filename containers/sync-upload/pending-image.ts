import { imageView } from '../../shared/contracts/api/image-view.ts';
import type { PendingImage } from '../../shared/contracts/api/moderation.ts';
import { pick } from '../../shared/domain/attributes.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { type LinkKey, signScanLink } from '../../shared/http/signed-links.ts';

/** How long the link to the bytes is valid, in milliseconds: for a scanner that has a queue of its own, and for people. */
const LINK_MS = 60 * 60_000;

/** What whoever decides is told of an image that waits, with a link to its bytes if there is a key that signs it. */
export function pendingImageView(record: ImageRecord, now: Date, linkKey?: LinkKey): PendingImage {
  // A link ends at a full second, by which the audit trail knows it again.
  const expiresAt = new Date(Math.floor((now.getTime() + LINK_MS) / 1000) * 1000);
  return {
    ...pick(record, ['imageId', 'owner', 'createdAt', 'contentType', 'contentLength', 'checksumSha256']),
    ...(linkKey && {
      link: signScanLink(imageView(record).links.original, expiresAt, linkKey),
      expiresAt: expiresAt.toISOString(),
    }),
  };
}
