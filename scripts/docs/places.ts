import { fileURLToPath } from 'node:url';

const inDocs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

export const PAGE = inDocs('commands.md');
export const PICTURE_FOLDER = inDocs('commands');
/** What is known of the pictures, beside them. */
export const ALBUM = inDocs('commands/album.json');
