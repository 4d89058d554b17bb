import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import createLibheif, { type MainModule as Libheif } from 'libheif-js/libheif-wasm/libheif.js';
import { ImageServiceError } from '../../../../../shared/domain/errors.ts';

/** The image that a HEIC shows, as it is shown: turned, mirrored and cut as its properties say. */
export interface HeifImage {
  width: number;
  height: number;
  channels: 3 | 4;
  /** Whether its colours were multiplied by its transparency when it was encoded. */
  isPremultiplied: boolean;
  icc?: Buffer;
  /** Colour primaries and transfer function (ITU-T H.273, 8.1 and 8.2), where it has no profile. */
  coding?: { primaries: number; transfer: number };
  /** EXIF from its TIFF header on. */
  exif?: Buffer;
  xmp?: Buffer;
  /** Decodes it into 8 bits a channel: row after row, as many bytes as it has. */
  decode(into: Buffer): void;
}

/** In place of options. */
const DEFAULTS = 0;
/** Values of enumerations in heif_image.h. */
const RGB = 1;
const INTERLEAVED = { 3: 10, 4: 11 } as const;
const INTERLEAVED_CHANNEL = 10;

/** The part of WebAssembly that is used here; Node's types lack it without those of browsers. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => object;
};

/** Its types tell of an ES module, and it is none: what is exported is the function itself. */
const create = createLibheif as unknown as (typeof createLibheif)['default'];

/** Compiled once for all images. */
const WASM = fileURLToPath(import.meta.resolve('libheif-js/libheif-wasm/libheif.wasm'));
let compiled: object | undefined;

/**
 * A libheif of its own for each image, so that nothing of one outlives it, and its memory goes with it. What of its C API (heif.h) answers an
 * error writes it to its first argument, and pointers are numbers.
 */
function instantiate(): Libheif {
  compiled ??= new WebAssembly.Module(readFileSync(WASM));
  const module = compiled;
  const instantiateWasm = (imports: object, receive: (instance: object) => object) =>
    receive(new WebAssembly.Instance(module, imports));
  const silent = () => undefined;
  return create({ instantiateWasm, print: silent, printErr: silent });
}

/** Reads the header of a HEIC; throws `image_unreadable` where libheif cannot. */
export function openHeif(file: Buffer): HeifImage {
  const heif = instantiate();
  const context = heif._heif_context_alloc();
  const bytes = heif._malloc(file.length);
  if (bytes === 0) throw new Error('There is not enough memory for the file.');
  heif.HEAPU8.set(file, bytes);
  check(heif, (error) =>
    heif._heif_context_read_from_memory_without_copy(error, context, bytes, file.length, DEFAULTS),
  );
  const handle = readPointer(heif, (error, at) => heif._heif_context_get_primary_image_handle(error, context, at));
  const channels = heif._heif_image_handle_has_alpha_channel(handle) ? 4 : 3;
  return {
    width: heif._heif_image_handle_get_width(handle),
    height: heif._heif_image_handle_get_height(handle),
    channels,
    isPremultiplied: heif._heif_image_handle_is_premultiplied_alpha(handle) !== 0,
    ...readColours(heif, handle),
    ...readMetadata(heif, handle),
    decode: (into) => decode(heif, { handle, channels }, into),
  };
}

function decode(heif: Libheif, { handle, channels }: { handle: number; channels: 3 | 4 }, into: Buffer): void {
  const image = readPointer(heif, (error, at) =>
    heif._heif_decode_image(error, handle, at, RGB, INTERLEAVED[channels], DEFAULTS),
  );
  const strideAt = heif._malloc(8);
  const plane = heif._heif_image_get_plane_readonly(image, INTERLEAVED_CHANNEL, strideAt);
  const stride = word(heif, strideAt);
  const row = heif._heif_image_get_primary_width(image) * channels;
  const height = heif._heif_image_get_primary_height(image);
  if (plane === 0 || row * height !== into.length) throw unreadable('it has another size than it tells');
  for (let y = 0; y < height; y += 1)
    into.set(heif.HEAPU8.subarray(plane + y * stride, plane + y * stride + row), y * row);
}

const word = ({ HEAPU32 }: Libheif, at: number): number => (HEAPU32 as Uint32Array)[at >> 2] ?? 0;

/** Bytes of a `heif_error`: code, subcode and the place of a sentence. */
const ERROR_BYTES = 12;

/** Calls a function that returns an error, and throws the error. */
function check(heif: Libheif, call: (error: number) => void): void {
  const at = heif._malloc(ERROR_BYTES);
  try {
    call(at);
  } catch (cause) {
    // A function of WebAssembly that ends by a trap, as where its memory is not to be had.
    throw new ImageServiceError('image_unreadable', 'The image cannot be decoded: its decoder failed.', { cause });
  }
  if (word(heif, at) !== 0) throw unreadable(textAt(heif, word(heif, at + 8)));
}

/** Calls such a function that also writes a pointer, and returns the pointer. */
function readPointer(heif: Libheif, call: (error: number, at: number) => void): number {
  const at = heif._malloc(8);
  heif.HEAPU32[at >> 2] = 0;
  check(heif, (error) => call(error, at));
  return word(heif, at);
}

const LONGEST_TEXT = 500;

function textAt({ HEAPU8 }: Libheif, at: number): string {
  const bytes = Buffer.from((HEAPU8 as Uint8Array).subarray(at, at + LONGEST_TEXT));
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? LONGEST_TEXT : end).trim();
}

const unreadable = (why: string): ImageServiceError =>
  new ImageServiceError('image_unreadable', `The file is damaged (${why}). Send it again.`);

const fourLetters = (text: string): number => Buffer.from(text, 'latin1').readUInt32BE(0);
const PROFILES = ['prof', 'rICC'].map(fourLetters);
const NCLX = fourLetters('nclx');

/** Bytes of numbers that libheif writes at a place. */
function bytesOf(heif: Libheif, length: number, call: (error: number, at: number) => void): Buffer {
  const at = heif._malloc(Math.max(8, length));
  check(heif, (error) => call(error, at));
  return Buffer.from(heif.HEAPU8.subarray(at, at + length));
}

function readColours(heif: Libheif, handle: number): Pick<HeifImage, 'icc' | 'coding'> {
  const type = heif._heif_image_handle_get_color_profile_type(handle);
  if (PROFILES.includes(type)) {
    const length = heif._heif_image_handle_get_raw_color_profile_size(handle);
    return { icc: bytesOf(heif, length, (e, at) => heif._heif_image_handle_get_raw_color_profile(e, handle, at)) };
  }
  if (type !== NCLX) return {};
  const nclx = readPointer(heif, (error, at) => heif._heif_image_handle_get_nclx_color_profile(error, handle, at));
  return { coding: { primaries: word(heif, nclx + 4), transfer: word(heif, nclx + 8) } };
}

/** Metadata of a picture: EXIF, XMP, and whatever an editor adds. */
const MOST_BLOCKS = 16;
const XMP = 'application/rdf+xml';

function readMetadata(heif: Libheif, handle: number): Pick<HeifImage, 'exif' | 'xmp'> {
  const count = Math.min(MOST_BLOCKS, heif._heif_image_handle_get_number_of_metadata_blocks(handle, 0));
  const list = heif._malloc(4 * MOST_BLOCKS);
  heif._heif_image_handle_get_list_of_metadata_block_IDs(handle, 0, list, count);
  const found: Pick<HeifImage, 'exif' | 'xmp'> = {};
  for (let at = 0; at < count; at += 1) {
    const id = word(heif, list + 4 * at);
    const type = textAt(heif, heif._heif_image_handle_get_metadata_type(handle, id));
    const content = textAt(heif, heif._heif_image_handle_get_metadata_content_type(handle, id));
    if (type !== 'Exif' && content !== XMP) continue;
    const length = heif._heif_image_handle_get_metadata_size(handle, id);
    const data = bytesOf(heif, length, (error, to) => heif._heif_image_handle_get_metadata(error, handle, id, to));
    if (content === XMP) found.xmp ??= data;
    // How far the TIFF header is behind these four bytes (ISO/IEC 23008-12, A.2.1).
    else if (data.length > 4) found.exif ??= data.subarray(4 + data.readUInt32BE(0));
  }
  return found;
}
