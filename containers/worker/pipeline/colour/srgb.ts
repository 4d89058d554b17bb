import type { Sharp } from 'sharp';

// sharp converts pixels to sRGB by itself, by the colour profile of their file. These are the cases in which it has to be told to.

/** Has every command work in sRGB: grey pixels take colours from commands only then. Decoders do not shrink on load. */
export const workInSrgb = (image: Sharp): Sharp => image.pipelineColourspace('srgb');

/** Converts to sRGB, and adds its profile: sharp would convert 16 bits with a profile to P3, which raw pixels do not show. */
export const withSrgbProfile = (image: Sharp): Sharp => image.withIccProfile('srgb');

/** Converts to sRGB with transparency, four bytes a pixel. */
export const toRgba = (image: Sharp): Sharp => image.toColourspace('srgb').ensureAlpha();
