import type { Readable } from 'node:stream';

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
}

/**
 * Where bytes are kept. Keys come from domain/object-key.ts. Failures of the store itself are `service_unavailable`.
 * test/shared/storage/object-store.contract.ts runs against every implementation.
 */
export interface ObjectStore {
  /**
   * Stores a body under a key, replacing what was there. All or nothing: if the body fails, so does the call, with the body's
   * error, and the key is as it was before. Memory does not grow with the body.
   */
  put(key: string, body: Readable, options: PutOptions): Promise<StoredObject>;
  /** Opens an object for reading; `object_missing` if there is none. Destroying the body frees what is behind it. */
  get(key: string): Promise<{ body: Readable; contentLength: number }>;
  /** Removes an object; one that is not there is no error. */
  delete(key: string): Promise<void>;
  /** Removes every object whose key begins with the prefix, which must end in `/`. */
  deletePrefix(prefix: string): Promise<void>;
  /** Resolves if the store answers. */
  check(): Promise<void>;
}
