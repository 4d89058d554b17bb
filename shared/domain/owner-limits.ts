import type { ImageServiceError } from './errors.ts';
import { LIMITS } from './limits.ts';

/** The limits of an owner that a deployment may set. A limit that is `null` does not exist. */
export interface OwnerLimitValues {
  requestsPerMinute: number | null;
  /** Of requests without credentials, with wrong ones, or with upload tokens, for each address. */
  requestsPerMinuteAndAddress: number | null;
  uploadsAtOnce: number | null;
  openUploads: number;
  storedBytes: number | null;
  images: number | null;
  renditionsPerRequest: number;
  renditionsPerImage: number;
  renditionsPerDay: number | null;
  processingSecondsPerDay: number | null;
}

export type OwnerLimitName = keyof OwnerLimitValues;

/** The limits of a deployment that sets none: what no deployment may exceed, and nothing else. */
export const NO_OWNER_LIMITS: OwnerLimitValues = {
  requestsPerMinute: null,
  requestsPerMinuteAndAddress: null,
  uploadsAtOnce: null,
  openUploads: LIMITS.openUploads,
  storedBytes: null,
  images: null,
  renditionsPerRequest: LIMITS.renditionsPerRequest,
  renditionsPerImage: LIMITS.renditionsPerImage,
  renditionsPerDay: null,
  processingSecondsPerDay: null,
};

/** The limits that a deployment has which sets limits, where it says nothing else. */
export const DEFAULT_OWNER_LIMITS: OwnerLimitValues = {
  ...NO_OWNER_LIMITS,
  /** A hundred a second: some pages of images, or a backend that asks about each of them. */
  requestsPerMinute: 6_000,
  /** Twenty a second: a page of a hundred images every five seconds. */
  requestsPerMinuteAndAddress: 1_200,
  /** As many as five browsers send, of which each opens six connections to a host. */
  uploadsAtOnce: 32,
};

/** Uploads, or parts, that are sent with one upload token at once: as many as a browser has connections to a host. */
export const UPLOADS_AT_ONCE_WITH_TOKEN = 6;

/** Who sends an upload: its owner, or the holder of an upload token. */
export interface UploadSender {
  owner: string;
  tokenId?: string | undefined;
}

/** How much of a window is left, after a request was counted. */
export interface Standing {
  quota: number;
  /** Seconds. */
  window: number;
  remaining: number;
  /** Seconds until the window ends. */
  reset: number;
}

/** A request that was counted; with `refusal`, the problem of one that comes too much. */
export interface TakenRequest {
  standing: Standing;
  refusal?: ImageServiceError;
}

/** The image that takes a place among those of its owner, until it is settled or given back. */
export interface ImageSize {
  owner: string;
  imageId: string;
  /** Bytes of the original. */
  contentLength: number;
}

/** A place among the images of an owner. One that is neither settled nor given back is resolved after an hour, as the image's record says. */
export interface Reservation {
  /** Its name, which the record of the image keeps. */
  countedAs: string;
  /** Ends it, because the record is written. Logs what fails: the image counts all the same. */
  settle(): Promise<void>;
  /** Gives the place back, which no image will take. Logs what fails. */
  giveBack(): Promise<void>;
}

/** Renditions that are counted because they are about to be asked for. */
export interface CountedRenditions {
  /** Takes those back that are not asked for after all, all if `count` does not say how many. Logs what fails: they count until midnight. */
  giveBack(count?: number): Promise<void>;
}

/** What an owner has used, by the names of the limits. */
export interface UsedByOwner {
  images: number;
  storedBytes: number;
  openUploads: number;
  /** Since midnight, UTC. */
  renditionsPerDay: number;
  processingSecondsPerDay: number;
}

/**
 * What a service of the API asks about the limits of owners, over whatever counts them. The other methods throw the problem of their limit. Requests and
 * uploads at once pass while the counters cannot be reached; what an owner stores does not.
 */
export interface OwnerLimits {
  values: OwnerLimitValues;
  /** Counts a request of an owner. Resolves to undefined, and does not throw, if there is no such limit or it cannot be counted. */
  takeRequest(owner: string): Promise<TakenRequest | undefined>;
  /** Counts a request of a stranger: without valid credentials, or with an upload token. */
  takeAnonymousRequest(address: string): Promise<TakenRequest | undefined>;
  /**
   * Does the work of one upload, while it counts among those that its owner sends at once. Those with upload tokens take no places of the owner's own: they
   * have as many together, and UPLOADS_AT_ONCE_WITH_TOKEN each.
   */
  duringUpload<Result>(sender: UploadSender, work: () => Promise<Result>): Promise<Result>;
  /** Throws `owner_being_erased` while everything of an owner is erased. */
  checkOwner(owner: string): Promise<void>;
  /** Refuses an image for which there would be no place now, as `checkOwner` does too; `reserveImage` may refuse it all the same. */
  checkStorage(owner: string, contentLength: number): Promise<void>;
  /** Takes a place for an image. */
  reserveImage(image: ImageSize): Promise<Reservation>;
  /** Throws if a request asks for more renditions than one may. */
  checkRenditions(count: number): void;
  /** Refuses renditions that could not be asked for now; `takeRenditions` may refuse them all the same. */
  checkDay(owner: string, count: number): Promise<void>;
  /** Counts renditions that are about to be asked for, today. */
  takeRenditions(owner: string, count: number): Promise<CountedRenditions>;
  /** Counts renditions that are made whatever the limit is. */
  addRenditions(owner: string, count: number): Promise<CountedRenditions>;
  used(owner: string): Promise<UsedByOwner>;
}
