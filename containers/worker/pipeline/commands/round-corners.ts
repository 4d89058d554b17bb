import type { Size } from '../../../../shared/domain/geometry.ts';

/** The mask of roundCorners: opaque inside a rounded rectangle of this size. */
export function roundMask({ width, height }: Size, radius: number | undefined): Buffer {
  const [rx, ry] = radius === undefined ? [width / 2, height / 2] : [radius, radius];
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" rx="${rx}" ry="${ry}"/></svg>`,
  );
}
