import { firstUnits, LONGEST_FILE_NAME, UNREADABLE } from '../../shared/domain/file-name.ts';
import { formatOfMediaType, IMAGE_FORMATS } from '../../shared/domain/formats/image-format.ts';

/** What leads to another folder or stream of a file, and what no file name may have on Windows. */
const UNSAFE = /[/\\<>:"|?*]/g;

/** What Windows leaves out at the end of a name, so that the extension would be another. */
const IGNORED_AT_END = /[.\s]/u;

/**
 * The name under which a browser saves an image that somebody asked to have called so: always with an extension of what the image is, or an
 * SVG could be saved as a page that runs its scripts when it is opened. `otherwise` where nothing is left of the name but the extension of an image.
 */
export function downloadFileName(asked: string, contentType: string, otherwise: string): string {
  // A name that begins with a dot is hidden, or has an extension and no name.
  const name = withoutIgnoredEnd(asked.replaceAll(UNSAFE, '_').replaceAll(UNREADABLE, '_'))
    .replace(/^\.+/, '_')
    .trimStart();
  if (name === '' || stemOf(asked) === '') return otherwise;
  const extensions = extensionsOf(contentType);
  if (extensions.includes(extensionIn(name)) && name.length <= LONGEST_FILE_NAME) return name;
  const ending = `.${extensions[0]}`;
  return `${withoutIgnoredEnd(firstUnits(name, LONGEST_FILE_NAME - ending.length))}${ending}`;
}

/** Of every format, by which a name may end that is of a file of another. */
const IMAGE_EXTENSIONS = new Set<string>(
  Object.values(IMAGE_FORMATS).flatMap(({ extension, otherExtensions }) => [extension, ...otherExtensions]),
);

/** The name of an uploaded file without the extension of an image, for one that is made of it; empty where it has nothing else. */
function stemOf(fileName: string): string {
  const stem = IMAGE_EXTENSIONS.has(extensionIn(fileName)) ? fileName.slice(0, fileName.lastIndexOf('.')) : fileName;
  return withoutIgnoredEnd(stem) === '' ? '' : stem;
}

/** The name of an uploaded file for a rendition of it; empty where nothing is left of that. */
export function renditionFileName(fileName: string, rendition: string): string {
  const stem = stemOf(fileName);
  return stem && `${stem}-${rendition}`;
}

/** The name of an uploaded file for what is of this media type: as it was, unless it has the extension of another. */
export const originalFileName = (fileName: string, contentType: string): string =>
  extensionsOf(contentType).includes(extensionIn(fileName)) ? fileName : stemOf(fileName);

/** From the end: a regular expression would begin anew at each of many spaces. */
function withoutIgnoredEnd(name: string): string {
  let end = name.length;
  while (end > 0 && IGNORED_AT_END.test(name.charAt(end - 1))) end -= 1;
  return name.slice(0, end);
}

/** Those of a media type, ours first. */
function extensionsOf(contentType: string): string[] {
  const format = formatOfMediaType(contentType);
  if (!format) throw new Error(`${contentType} is no type of an image`);
  return [IMAGE_FORMATS[format].extension, ...IMAGE_FORMATS[format].otherExtensions];
}

/** Behind the last dot; nothing where there is none. */
const extensionIn = (name: string): string =>
  name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
