const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/**
 * Every limit a user can run into, with its unit in the name. `GET /v1/limits` answers with this object, validation reads it,
 * and the reason or the source stands beside each figure.
 */
export const LIMITS = {
  /** The most a Sync Upload takes in one request: above this, parts are worth their overhead (S3 advises multipart from 100 MB). */
  syncUploadBytes: 100 * MiB,
  /** The most an Async Upload takes: up to 5 GiB S3 copies an object in one request, so that it can be re-encrypted or moved without parts. */
  asyncUploadBytes: 5 * GiB,
  /** Parts of one upload; S3's maximum, as are the next two (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
  partsPerUpload: 10_000,
  /** The least that a part may have, the last one excepted. */
  minPartBytes: 5 * MiB,
  /** Parts on one page of ListParts, and part URLs in one answer. */
  partsPerPage: 1000,
  /** The most that a part may have: it arrives within 15 minutes at 5 Mbit/s. S3 itself would take 5 GiB. */
  maxPartBytes: 512 * MiB,
  /** How long an upload may take from its creation: over a weekend. The lifecycle rule that removes what is left must allow more. */
  uploadSeconds: 3 * 24 * 60 * 60,
  /** Uploads in parts that one owner may have open at the same time: each may hold `asyncUploadBytes` until it ends. As many as S3 lists in one answer (ListMultipartUploads). */
  openUploads: 1000,
  /** How long a part URL may be valid at most. */
  partUrlSeconds: 60 * 60,
  /** How long a signed link may be good at most, which nobody can call back: as long as S3's presigned URLs. */
  linkSeconds: 7 * 24 * 60 * 60,
  /** And unless it is asked for otherwise: a page is looked at for so long. */
  defaultLinkSeconds: 60 * 60,
  /** Names and values of an image's `metadata` together; S3's maximum for user-defined metadata. */
  metadataBytes: 2 * KiB,
  /** The largest originals of medium-format cameras have 102 million pixels; a decoded pixel costs 3 to 4 bytes of memory. */
  inputPixels: 120_000_000,
  /** Of an AVIF: its decoder was measured to hold up to 27 bytes for a pixel, ten times those of the others. */
  avifInputPixels: 48_000_000,
  /** Of a HEIC, as its pixels are held beside what decodes them, some 13 bytes for each: phones have up to 50 million. */
  heicInputPixels: 64_000_000,
  /** A HEIC, which is decoded from memory: those of phones have some megabytes. */
  heicBytes: 100 * MiB,
  /** An SVG, which is parsed as a whole: librsvg was measured to take 0.1 GB for a photograph embedded. */
  svgBytes: 4 * MiB,
  /** Entities that an SVG declares in its DOCTYPE: Illustrator has a dozen, for its namespaces. */
  svgEntities: 100,
  /** Bytes of what one of them stands for, in UTF-8: those of Illustrator are addresses. With all of them resolved an SVG may still have `svgBytes`. */
  svgEntityBytes: 1024,
  /** Elements of an SVG, those of drawings that it embeds included: up to 4.2 kB are held for each (svg-tree.ts), so 0.8 GB of the 1.5 that a process has. 4 MiB of ordinary ones, of 40 bytes, are 100,000. */
  svgElements: 200_000,
  /** Comparisons of the simple selectors of an SVG's style sheets with its elements, as svg-selectors.ts counts them: librsvg takes 80 ns for one at most (measured), so 5 s each time it opens the drawing. */
  svgStyleComparisons: 60_000_000,
  /** The square of the bytes of each text of an SVG, of all together: 10,488 in one. librsvg takes 33 to 53 ns for each pair of letters (measured), 5 s each time it draws. */
  svgTextSquares: 110_000_000,
  /** Seconds that it may take to draw an SVG with all that its references ask for, as svg-painting.ts counts it: half of what a rendition has. */
  svgDrawingSeconds: 30,
  /** The width and height that an SVG may ask for: cairo, which draws it, has no larger surface. */
  svgDimension: 32_767,
  /** Of a hundred rows of an image, those that may be missing or damaged, from the first such row to the last: its renditions say so then. Of one that lacks more there is too little to show. */
  missingRowsPercent: 25,
  /** Scans of a JPEG, each of which libjpeg takes through all pixels: 10 ms for 119 million (measured). Encoders write ten, jpegrescan 64 at most. */
  jpegScans: 100,
  /** Segments of a JPEG: as many full ones as 5.9 GiB have. */
  jpegSegments: 96_000,
  /** Chunks of a PNG: those of libpng, 8 KiB each, for 120 million pixels of 8 bytes are 117,000. 0.1 s (measured). */
  pngChunks: 1_200_000,
  /** Chunks of a WebP, a frame having two or three: libwebp takes 1 ns for the square of their number (measured), 1 s. Ten frames a second last for a quarter of an hour. */
  webpChunks: 32_000,
  /** Boxes at the top of an AVIF, which has three or four, and two more for each fragment of a film: 3.3 µs each (measured). */
  avifBoxes: 10_000,
  /** Bytes of the box of an AVIF that tells of its images: a profile of some megabytes, and images so small that they lie in it. */
  avifMetaBytes: 16 * MiB,
  /** Images of an AVIF, its tiles included, and what else is stored with them; libheif's own limit (heif_security_limits, max_items). */
  avifItems: 1000,
  /** What an AVIF tells of its items, and units of their data (AV1, 5.3): some fifteen for each, 0.1 s (measured). */
  avifParts: 50_000,
  /** Frames and extensions of a GIF, of which a frame has one: 100 bytes of memory for a frame (measured). Those above `animationFrames` do not stay. */
  gifParts: 2_000_000,
  /** Blocks of data of a GIF: as many full ones, of 255 bytes, as 7 GiB have. */
  gifBlocks: 30_000_000,
  /** Pixels of a GIF's frames that lie beside its screen, of rows up to the last that is on it: they are decoded, with 1 to 3 ns for each in long rows, and 38 in short ones (measured, libvips and gif-lzw.ts; 60 are estimated). Encoders write none. */
  hiddenFramePixels: 120_000_000,
  /** A GIF that is cut, lacks data of a frame, or has transparent places without a transparent index: it is held as a whole, and its frames are composed one by one. */
  composedGifBytes: 100 * MiB,
  /** A PNG or AVIF that says its colours by CICP, a PNG that says them by gAMA, an animated AVIF or PNG, or a JPEG that ends within a segment or in zeros: it is held as a whole, as its decoder can read it. */
  rewrittenBytes: 64 * MiB,
  /** Directories that EXIF leads to, each as often as it does; the standard has five (CIPA DC-008-2023, 4.6). */
  exifDirectories: 32,
  /** Fields of EXIF, in all directories that it leads to: 1 µs each (measured) whenever the file is opened. */
  exifFields: 200_000,
  /** Bytes of EXIF: libvips takes no more (vips__exif_parse). */
  exifBytes: 8 * MiB,
  /** Bytes of EXIF, XMP, texts and comments, inflated: they are in memory two or three times (measured). Phones put depth maps of some ten megabytes there. */
  embeddedMetadataBytes: 64 * MiB,
  /** Bytes of a TIFF's fields other than the places of its strips and tiles: libtiff reads all of them when it opens the file, layers of Photoshop's among them. */
  tiffFieldBytes: 512 * MiB,
  /** Directories of a TIFF, one to a page: 10 µs each (measured) whenever it is opened. */
  tiffDirectories: 10_000,
  /** Frames times pixels of an animation that stays one; a larger one becomes its first frame. All frames are in memory at once, 4 bytes a pixel. */
  animationPixels: 60_000_000,
  /** Frames of an animation that stays one. */
  animationFrames: 1000,
  /** Bytes of a colour profile, above which an image is read as if it had none; those of printers have 0.5 to 3 MB, and libpng takes 8 million. */
  profileBytes: 8 * MiB,
  /** Channels of an image, alpha included: CMYK and alpha; sharp's default. */
  inputChannels: 5,
  /** WebP's own maximum for width and height, the lowest of the output formats (https://developers.google.com/speed/webp/faq). */
  outputDimension: 16_383,
  /** The pixels a result may have after any command: enlarging is what turns a small image into a large bill. */
  outputPixels: 120_000_000,
  /** The bytes of a result: 120 million pixels of four bytes, and what a format adds where they do not compress. */
  resultBytes: 512 * MiB,
  /** The bytes of the original of an image that is laid over others: what a Sync Upload takes. */
  watermarkBytes: 100 * MiB,
  /** The bytes of all images together that the renditions of one request lay over: they lie on a worker's disk side by side. */
  watermarksBytes: 256 * MiB,
  /** Commands in one rendition; imaginary's pipeline takes as many. */
  commandsPerRendition: 10,
  /** Characters (UTF-16 units) of a text that is laid over an image: so many fit a message of 256 KiB in every command of every rendition. */
  watermarkTextLength: 128,
  /** Renditions asked for in one request: they travel in one queue message (SQS: 256 KiB until 2025, 1 MiB since). */
  renditionsPerRequest: 20,
  /** Renditions of one image: record and renditions are read by one DynamoDB query, which answers 1 MiB a page. */
  renditionsPerImage: 100,
  /** A JSON body, or the `renditions` field of a form. */
  jsonBytes: 64 * KiB,
  /** A JSON body that lists parts: 10,000 of them with S3's ETags and room for white space. */
  partListBytes: 2 * MiB,
  /** Seconds that a download waits for a rendition at most, when it is asked to by `Prefer: wait`: below the 60 after which load balancers give up. */
  waitSeconds: 30,
  /** Images on one page of the list. */
  imagesPerPage: 100,
  /** How long the answer to an Idempotency-Key is kept. */
  idempotencySeconds: 24 * 60 * 60,
} as const;

/** Bytes of results that wait on a worker's disk to be stored, above which the next rendition of the message waits too. */
export const RESULT_BYTES_AHEAD = 64 * MiB;

/** Bytes at the start of an image in which its format and dimensions are looked for; what stands further on stays unknown. */
export const HEADER_BYTES = 128 * KiB;
