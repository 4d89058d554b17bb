import type { Readable } from 'node:stream';
import type { PartUrlRequest } from '../../contracts/api/upload-request.ts';
import type { PartPage } from '../../contracts/api/upload-view.ts';
import type { NamedPart } from '../../domain/multipart-upload.ts';

/** What is known of an object once it is stored. */
export interface StoredObject {
  /** Bytes. */
  contentLength: number;
  /** Base64 SHA-256 of the whole object. */
  checksumSha256: string;
}

export interface PutOptions {
  contentType: string;
  /** Bytes, where known beforehand; lets S3 take the body as one request. A body of another length is not stored. */
  contentLength?: number | undefined;
  /** Whether it finishes what was begun, for which a disk has room in reserve. Nothing new: `storage_full` where only that is left. */
  isFinishing?: boolean;
}

/** Bytes of an object from one place to another, both included and inside it, as in a Range header. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface CopyOptions {
  /** What the object's record tells of. */
  contentLength: number;
  signal: AbortSignal;
}

/** An upload in parts: the key that it will have, and the store's own name for it. */
export interface UploadName {
  key: string;
  storeUploadId: string;
}

/** One that has begun. */
export interface BegunUpload extends UploadName {
  begun: Date;
}

/** Told of a key, or of what keys begin with, of which a list says nothing, and of the reason in a clause. */
export type OnUnreadable = (key: string, reason: string) => void;

/** An object as a listing tells of it, without opening it. */
export interface ListedObject {
  key: string;
  /** Bytes. */
  contentLength: number;
  lastModified: Date;
}

/** A part for which a URL is to be signed; it takes exactly this length, and the bytes of this MD5 if one is given. */
interface PresignedPartRequest extends PartUrlRequest {
  /** Seconds. */
  expiresIn: number;
}

/**
 * Where bytes are kept. Keys come from domain/object-key.ts. Failures of the store itself are `service_unavailable`.
 * test/shared/storage/objects/object-store.contract.ts runs against every implementation.
 */
export interface ObjectStore {
  /**
   * Stores a body under a key, replacing what was there. All or nothing: if the body fails, so does the call, with the body's
   * error, and the key is as it was before. Memory does not grow with the body.
   */
  put(key: string, body: Readable, options: PutOptions): Promise<StoredObject>;
  /**
   * Opens an object, or a range of it, for reading; `object_missing` if there is none. `contentLength` is what the body will bring, or it
   * ends with an error; `objectLength` is that of the whole. Ranges are made from records, so one that reaches outside the object is
   * `object_damaged`. Destroying the body frees what is behind it.
   */
  get(key: string, range?: ByteRange): Promise<{ body: Readable; contentLength: number; objectLength: number }>;
  /** Looks for an object without reading it; `object_missing` if there is none. */
  head(key: string): Promise<{ contentLength: number }>;
  /**
   * Brings an object to a path of this machine where nothing is yet; `object_missing` if there is none. The file may be shared with the
   * store: it is to be read, and removed. Nothing is left at the path when it fails, is aborted, or the object has another length than told,
   * which is `object_damaged`.
   */
  copyTo(key: string, path: string, options: CopyOptions): Promise<void>;
  /** Reads a whole object for its length and SHA-256, which S3 does not know of objects in parts; `object_missing` if there is none. */
  digest(key: string): Promise<StoredObject>;
  /** Removes an object; one that is not there is no error. */
  delete(key: string): Promise<void>;
  /** The objects whose keys begin with the prefix, which must end in `/`, and stand behind `after`, in the order of their keys. What comes or goes meanwhile may be among them. What cannot be looked at is told of and left out; it ends the list where nobody is to be told. */
  list(prefix: string, after?: string, unreadable?: OnUnreadable): AsyncIterable<ListedObject>;
  /** Removes every object whose key begins with the prefix, which must end in `/`. Answers how many it has found. */
  deletePrefix(prefix: string): Promise<number>;
  /**
   * Begins an object in parts and answers the name under which the parts come. S3's rules and words for all that follows; an upload that
   * is not there, or no longer, is `upload_not_found`. A key takes one upload: it is not to be completed twice.
   */
  createMultipartUpload(key: string, options: Pick<PutOptions, 'contentType'>): Promise<string>;
  /** Stores a part, replacing one of that number. All or nothing, as `put`; `contentLength` must be told and true. Answers its ETag, the MD5 of its bytes in hex. */
  uploadPart(upload: UploadName, part: { partNumber: number; contentLength: number }, body: Readable): Promise<string>;
  /** A page of the parts that are stored, ascending, beginning behind `partNumberMarker`; at most 1,000. */
  listParts(upload: UploadName, page: { maxParts: number; partNumberMarker: number }): Promise<PartPage>;
  /** Makes the object of these parts, in their order, and drops all others. `invalid_part`, `invalid_part_order`, `part_too_small`. */
  completeMultipartUpload(upload: UploadName, parts: readonly NamedPart[]): Promise<void>;
  /** Drops an upload with its parts, also those that arrive meanwhile; one that is not there, or no longer, is no error: stores differ in that. */
  abortMultipartUpload(upload: UploadName): Promise<void>;
  /** A URL at which the store itself takes a part; undefined where it cannot be reached by others. */
  presignPart(upload: UploadName, part: PresignedPartRequest): Promise<string | undefined>;
  /** The uploads that have begun and not ended. */
  listUploads(): AsyncIterable<BegunUpload>;
  /** Drops uploads that began before a time and were not completed. Answers how many. */
  removeExpiredUploads(begunBefore: Date): Promise<number>;
  /** Resolves if the store answers. */
  check(): Promise<void>;
}

/** The verbs of objects in parts, which each store has in a file of its own. */
export type MultipartVerbs = Pick<
  ObjectStore,
  | 'createMultipartUpload'
  | 'uploadPart'
  | 'listParts'
  | 'completeMultipartUpload'
  | 'abortMultipartUpload'
  | 'presignPart'
  | 'listUploads'
  | 'removeExpiredUploads'
>;
