import sharp from 'sharp';

/** Loaders of the accepted formats, by libvips' class names; every other one is a way in that nobody needs. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff', 'SvgBuffer'].map(
  (format) => `VipsForeignLoad${format}`,
);

/** Settings of libvips that hold for the whole process. */
export function configureSharp(): void {
  // Each image has one thread: as many images are worked on at once as there are cores, so more threads would only wait for each other.
  sharp.concurrency(1);
  // No image is read twice.
  sharp.cache(false);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: LOADERS });
}
