import { imageView, renditionView } from '../../shared/contracts/api/image-view.ts';
import { receiptView } from '../../shared/contracts/api/receipt-view.ts';
import type { Handler } from '../../shared/http/server.ts';
import { findImage } from '../../shared/storage/table/image-access.ts';
import type { Image, ImageTable } from '../../shared/storage/table/image-table.ts';
import { CACHE_AND_ASK } from './cache-control.ts';
import { checkImageAccess } from './image-access.ts';
import { snapshotOf } from './image-snapshot.ts';
import { sendText } from './send-text.ts';

const withReceipts = ({ record, renditions }: Image) => ({
  ...imageView(record),
  renditions: renditions.map((rendition) => ({
    ...renditionView(record.imageId, rendition),
    receipt: receiptView(record, rendition),
  })),
});

/** `GET /v1/images/{imageId}`, with what each rendition has cost if the query asks for it. */
export const getImage =
  (table: ImageTable): Handler =>
  async (request, h) => {
    const found = await findImage(table, String(request.params.imageId));
    const image = await checkImageAccess(request, found, { need: 'record' });
    const { json, eTag } = snapshotOf(image);
    // The ETag is that of the record, which DELETE accepts. A receipt changes with its rendition, but for an attempt that ends after another has
    // finished it: somebody who asks with the ETag may not hear of that one.
    const text = request.query.receipts ? JSON.stringify(withReceipts(image)) : json;
    return sendText(request, h, { text, eTag, type: 'application/json', cacheControl: CACHE_AND_ASK });
  };
