import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ImageFormat } from '../../shared/domain/formats/image-format.ts';

const inDocs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

export const PAGE = inDocs('commands.md');
export const SECURITY_PAGE = inDocs('security.md');
export const PICTURE_FOLDER = inDocs('commands');
/** The facts about all pictures, kept beside them. */
export const ALBUM = inDocs('commands/album.json');

/** A picture as the service made it. */
export interface PictureFacts {
  /** Its name in the folder of pictures. */
  file: string;
  format: ImageFormat;
  /** Pixels. */
  width: number;
  height: number;
  /** Bytes. */
  contentLength: number;
  /** The quality that `maxBytes` led to. */
  quality?: number;
}

/** Everything that the documentation shows from a run of the service. */
export interface Album {
  /** The ThumbHash of the photograph. */
  placeholder: string;
  dominantColor: string;
  pictures: Record<string, PictureFacts>;
}

export const readAlbum = async (): Promise<Album> => JSON.parse(await readFile(ALBUM, 'utf8'));

/** A picture that must be in the album. */
export function pictureOf({ pictures }: Album, name: string): PictureFacts {
  const shown = pictures[name];
  if (!shown) throw new Error(`There is no picture ${name}. Make all: npm run docs`);
  return shown;
}
