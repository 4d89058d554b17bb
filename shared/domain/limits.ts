const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/**
 * Every limit a user can run into, with its unit in the name. `GET /v1/limits` answers with this object, validation reads it,
 * and the reason or the source stands beside each figure. Ranges of single parameters and lengths of names are in the schemas of contracts/api,
 * and limits for slow and greedy clients in http/http-limits.ts.
 */
export const LIMITS = {
  /** The largest Sync Upload: above this, parts are worth their overhead (S3 advises multipart from 100 MB). */
  syncUploadBytes: 100 * MiB,
  /** The largest Async Upload: S3 copies an object of up to 5 GiB in one request, so that it can be re-encrypted or moved without parts. */
  asyncUploadBytes: 5 * GiB,
  /** Parts of one upload; S3's maximum, as are the next two (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
  partsPerUpload: 10_000,
  /** The smallest part; the last part may be smaller. */
  minPartBytes: 5 * MiB,
  /** Parts on one page of ListParts, and part URLs in one response. */
  partsPerPage: 1000,
  /** The largest part: it arrives within 15 minutes at 5 Mbit/s. S3 itself would take 5 GiB. */
  maxPartBytes: 512 * MiB,
  /** How long an upload may take from its creation: it may last over a weekend. The lifecycle rule that removes abandoned parts must allow more. */
  uploadSeconds: 3 * 24 * 60 * 60,
  /** Multipart uploads that one owner may have open at the same time: each may hold `asyncUploadBytes` until it ends. S3 lists as many in one response (ListMultipartUploads). */
  openUploads: 1000,
  /** The longest time for which a part URL may be valid; its default is in contracts/api/upload-request.ts. */
  partUrlSeconds: 60 * 60,
  /** The longest time for which a signed link may be valid, because links cannot be revoked: that of S3's presigned URLs. */
  linkSeconds: 7 * 24 * 60 * 60,
  /** The longest time for which an upload token may be valid: it is used once, and what it was used for is known for `idempotencySeconds`. */
  uploadTokenSeconds: 24 * 60 * 60,
  /** How long an upload token is valid unless the request says otherwise: as long as somebody may look for a picture. */
  defaultUploadTokenSeconds: 15 * 60,
  /** How long a signed link is valid unless the request says otherwise: as long as somebody may look at a page. */
  defaultLinkSeconds: 60 * 60,
  /** All names and values of an image's `metadata` together; S3's maximum for user-defined metadata. */
  metadataBytes: 2 * KiB,
  /** The largest originals of medium-format cameras have 102 million pixels; a decoded pixel costs 3 to 4 bytes of memory. */
  inputPixels: 120_000_000,
  /** Pixels of an AVIF: its decoder was measured to hold up to 27 bytes for a pixel, ten times as much as other decoders. */
  avifInputPixels: 48_000_000,
  /** Pixels of a HEIC: its pixels and its decoder together hold some 13 bytes for each. Phones have up to 50 million pixels. */
  heicInputPixels: 64_000_000,
  /** Bytes of a HEIC, which is decoded from memory. Those of phones have some megabytes. */
  heicBytes: 100 * MiB,
  /** Bytes of an SVG, which is parsed as a whole: librsvg was measured to take 0.1 GB for an embedded photograph. */
  svgBytes: 4 * MiB,
  /** Entities that an SVG declares in its DOCTYPE: Illustrator has a dozen, for its namespaces. */
  svgEntities: 100,
  /** Bytes of the value of an entity, in UTF-8: those of Illustrator are addresses. With all entities resolved an SVG may still have `svgBytes`. */
  svgEntityBytes: 1024,
  /** Elements of an SVG, including those of embedded drawings: up to 4.2 kB are held for each (svg-tree.ts), which is 0.8 GB of the 1.5 GB that a process has. 4 MiB of ordinary elements of 40 bytes are 100,000. */
  svgElements: 200_000,
  /** Comparisons of the simple selectors of an SVG's style sheets with its elements, as svg-selectors.ts counts them: librsvg takes at most 80 ns for one (measured), which is 5 s each time it opens the drawing. */
  svgStyleComparisons: 60_000_000,
  /** The sum of the squares of the lengths of an SVG's texts in bytes: one text may have 10,488. librsvg takes 33 to 53 ns for each pair of letters (measured), which is 5 s each time it draws. */
  svgTextSquares: 110_000_000,
  /** Seconds that it may take to draw an SVG with everything that its references repeat, as svg-painting.ts estimates it: half of the time of a rendition. */
  svgDrawingSeconds: 30,
  /** The width and height that an SVG may ask for: cairo, which draws it, has no larger surface. */
  svgDimension: 32_767,
  /** Percentage of the rows of an image that may be missing or damaged, from the first such row to the last. Its renditions carry a warning then. With more rows missing there is too little to show. */
  missingRowsPercent: 25,
  /** Scans of a JPEG. libjpeg goes through all pixels for each: 10 ms for 119 million (measured). Encoders write ten, jpegrescan 64 at most. */
  jpegScans: 100,
  /** Segments of a JPEG: as many full segments make 5.9 GiB. */
  jpegSegments: 96_000,
  /** Chunks of a PNG: libpng writes chunks of 8 KiB, which are 117,000 for 120 million pixels of 8 bytes. This many take 0.1 s (measured). */
  pngChunks: 1_200_000,
  /** Chunks of a WebP; a frame has two or three. libwebp takes 1 ns times the square of their number (measured), which is 1 s. At ten frames a second they last for a quarter of an hour. */
  webpChunks: 32_000,
  /** Boxes at the top level of an AVIF, which has three or four, and two more for each fragment of a film: 3.3 µs each (measured). */
  avifBoxes: 10_000,
  /** Bytes of the `meta` box of an AVIF, which may contain a profile of some megabytes and small images. */
  avifMetaBytes: 16 * MiB,
  /** Items of an AVIF: images, tiles, and other data; libheif's own limit (heif_security_limits, max_items). */
  avifItems: 1000,
  /** Boxes, properties and references that describe the items of an AVIF, and units of their data (AV1, 5.3): some fifteen for each item, 0.1 s in all (measured). */
  avifParts: 50_000,
  /** Frames and extensions of a GIF; a frame usually has one extension. A frame takes 100 bytes of memory (measured). Frames above `animationFrames` are dropped. */
  gifParts: 2_000_000,
  /** Blocks of data of a GIF: as many full blocks, of 255 bytes, make 7 GiB. */
  gifBlocks: 30_000_000,
  /** Pixels of a GIF's frames that lie outside its screen, in rows up to the last one on it. They are decoded: 1 to 3 ns for each in long rows, and 38 in short ones (measured, libvips and gif-lzw.ts; 60 are estimated). Encoders write none. */
  hiddenFramePixels: 120_000_000,
  /** Bytes of a GIF that is cut, lacks data of a frame, or has transparent places without a transparent index. Such a GIF is held as a whole, and its frames are composed one by one. */
  composedGifBytes: 100 * MiB,
  /** Bytes of a file that has to be rewritten in memory for its decoder: a PNG or AVIF that tells its colours by CICP, a PNG that tells them by gAMA, an animated AVIF or PNG, or a JPEG that ends within a segment or in zeros. */
  rewrittenBytes: 64 * MiB,
  /** Directories to which EXIF refers, each counted as often as it is referred to; the standard has five (CIPA DC-008-2023, 4.6). */
  exifDirectories: 32,
  /** Fields of EXIF, in all of its directories: 1 µs each (measured) whenever the file is opened. */
  exifFields: 200_000,
  /** Bytes of EXIF: libvips takes no more (vips__exif_parse). */
  exifBytes: 8 * MiB,
  /** Bytes of EXIF, XMP, texts and comments after inflation: they are in memory two or three times (measured). Phones put depth maps of some ten megabytes there. */
  embeddedMetadataBytes: 64 * MiB,
  /** Bytes of a TIFF's fields, except the offsets of its strips and tiles: libtiff reads all of them when it opens the file, including layers of Photoshop. */
  tiffFieldBytes: 512 * MiB,
  /** Directories of a TIFF, one for each page: 10 µs each (measured) whenever the file is opened. */
  tiffDirectories: 10_000,
  /** Frames times pixels of an animated result; of a larger animation only the first frame is used. All frames are in memory at once, 4 bytes a pixel. */
  animationPixels: 60_000_000,
  /** Frames of an animated result. */
  animationFrames: 1000,
  /** The size of a colour profile above which it is ignored. Profiles of printers have 0.5 to 3 MB, and libpng takes 8 million bytes. */
  profileBytes: 8 * MiB,
  /** Channels of an image, including alpha: enough for CMYK and alpha; sharp's default. */
  inputChannels: 5,
  /** WebP's own maximum for width and height, the lowest of the output formats (https://developers.google.com/speed/webp/faq). */
  outputDimension: 16_383,
  /** The pixels a result may have after any command: enlarging is what turns a small image into a large bill. */
  outputPixels: 120_000_000,
  /** The bytes of a result: 120 million pixels of four bytes, and the overhead of a format if they do not compress. */
  resultBytes: 512 * MiB,
  /** The bytes of the original of a watermark: as large as a Sync Upload. */
  watermarkBytes: 100 * MiB,
  /** The bytes of all watermark images of one request together: they are on a worker's disk at the same time. */
  watermarksBytes: 256 * MiB,
  /** Commands in one rendition; the pipeline of imaginary takes as many. */
  commandsPerRendition: 10,
  /** Characters (UTF-16 units) of a watermark text: a message of 256 KiB has room for so many in every command of every rendition. */
  watermarkTextLength: 128,
  /** Renditions asked for in one request: they travel in one queue message (SQS: 256 KiB until 2025, 1 MiB since). */
  renditionsPerRequest: 20,
  /** Renditions of one image: record and renditions are read by one DynamoDB query, which answers 1 MiB a page. */
  renditionsPerImage: 100,
  /** A JSON body, or the `renditions` field of a form. */
  jsonBytes: 64 * KiB,
  /** A JSON body that lists parts: 10,000 of them with S3's ETags and room for white space. */
  partListBytes: 2 * MiB,
  /** The most seconds that a download with `Prefer: wait` waits for a rendition: less than the 60 after which load balancers give up. */
  waitSeconds: 30,
  /** Images on one page of the list. */
  imagesPerPage: 100,
  /** How long the response to an Idempotency-Key is kept. */
  idempotencySeconds: 24 * 60 * 60,
} as const;

/** The next rendition of a message waits while results of more bytes than this are on the worker's disk, waiting to be stored. */
export const RESULT_BYTES_AHEAD = 64 * MiB;

/** Bytes at the start of an image in which its format and its size are looked for; later bytes are not read. */
export const HEADER_BYTES = 128 * KiB;
