import type { Context } from './context.ts';

/** An answer with the record of an image and its renditions is some 600 bytes and 250 for each rendition; a page has 20 records of 450. */
const RECORD_BYTES = 600;
const RENDITION_BYTES = 250;
const PAGE_BYTES = 20 * 450;
/** Headers of an answer. */
const HEADER_BYTES = 700;

/** Bytes of the answers without bytes of images: records, lists and what uploads are answered. */
export function recordBytes({ traffic: { operations }, workload }: Context): number {
  const record = RECORD_BYTES + RENDITION_BYTES * workload.renditions.length + HEADER_BYTES;
  const { uploadImage, completeUpload, requestRendition, readRecord, listImages } = operations;
  return (
    (uploadImage + completeUpload + requestRendition + readRecord) * record + listImages * (PAGE_BYTES + HEADER_BYTES)
  );
}
