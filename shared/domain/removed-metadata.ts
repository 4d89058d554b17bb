/**
 * What is removed from an original when its personal metadata are: `exif` are fields of EXIF or of a TIFF other than those that say how the image is
 * shown and whose it is, `gps` are places, `trailer` is what follows the end of the image, and `other` everything else that no decoder needs.
 */
export type RemovedMetadata = 'gps' | 'exif' | 'xmp' | 'iptc' | 'comment' | 'thumbnail' | 'trailer' | 'other';
