/**
 * The type of a chunk that has nothing in it. No reader of PNG or WebP knows it, so that all pass over it; by the case of its letters it is
 * ancillary, private and safe to copy (PNG, 5.4).
 */
export const EMPTY_CHUNK = Buffer.from('blNk');
