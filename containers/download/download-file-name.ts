import { firstUnits, LONGEST_FILE_NAME, UNREADABLE } from '../../shared/domain/file-name.ts';
import { formatOfMediaType, IMAGE_FORMATS } from '../../shared/domain/formats/image-format.ts';

/** Characters that lead to another folder or stream of a file, or that Windows forbids in file names. */
const UNSAFE = /[/\\<>:"|?*]/g;

/** Characters that Windows drops from the end of a name, which would change the extension. */
const IGNORED_AT_END = /[.\s]/u;

/**
 * A safe file name under which a browser saves an image, made of the requested one. Its extension always fits the media type: an SVG could be
 * saved as a page otherwise, which runs scripts when it is opened. `fallback` if nothing but the extension of an image is left of the name.
 */
export function downloadFileName(requested: string, contentType: string, fallback: string): string {
  // A name that begins with a dot is a hidden file, or only an extension.
  const name = withoutIgnoredEnd(requested.replaceAll(UNSAFE, '_').replaceAll(UNREADABLE, '_'))
    .replace(/^\.+/, '_')
    .trimStart();
  if (name === '' || stemOf(requested) === '') return fallback;
  const extensions = extensionsOf(contentType);
  if (extensions.includes(extensionIn(name)) && name.length <= LONGEST_FILE_NAME) return name;
  const ending = `.${extensions[0]}`;
  return `${withoutIgnoredEnd(firstUnits(name, LONGEST_FILE_NAME - ending.length))}${ending}`;
}

/** The extensions of all formats. */
const IMAGE_EXTENSIONS = new Set<string>(
  Object.values(IMAGE_FORMATS).flatMap(({ extension, otherExtensions }) => [extension, ...otherExtensions]),
);

/** A file name without the extension of an image; empty if it has nothing else. */
function stemOf(fileName: string): string {
  const stem = IMAGE_EXTENSIONS.has(extensionIn(fileName)) ? fileName.slice(0, fileName.lastIndexOf('.')) : fileName;
  return withoutIgnoredEnd(stem) === '' ? '' : stem;
}

/** A file name for a rendition, made of the name of the uploaded file; empty if nothing of that is left. */
export function renditionFileName(fileName: string, rendition: string): string {
  const stem = stemOf(fileName);
  return stem && `${stem}-${rendition}`;
}

/** The name of the uploaded file, without its extension if that belongs to another media type. */
export const originalFileName = (fileName: string, contentType: string): string =>
  extensionsOf(contentType).includes(extensionIn(fileName)) ? fileName : stemOf(fileName);

/** This loops from the end, because a regular expression would start again at each of many spaces. */
function withoutIgnoredEnd(name: string): string {
  let end = name.length;
  while (end > 0 && IGNORED_AT_END.test(name.charAt(end - 1))) end -= 1;
  return name.slice(0, end);
}

/** The extensions of a media type; the first is the one that we give. */
function extensionsOf(contentType: string): string[] {
  const format = formatOfMediaType(contentType);
  if (!format) throw new Error(`${contentType} is not an image type`);
  return [IMAGE_FORMATS[format].extension, ...IMAGE_FORMATS[format].otherExtensions];
}

/** The text behind the last dot; empty if there is no dot. */
const extensionIn = (name: string): string =>
  name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
