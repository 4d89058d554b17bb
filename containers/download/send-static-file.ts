import { readFile } from 'node:fs/promises';
import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { eTagOfText } from '../../shared/contracts/api/image-version.ts';
import { CACHE_ONE_HOUR } from './cache-control.ts';
import { sendText } from './send-text.ts';

/** A file that comes with the service, and its media type. */
export interface StaticFile {
  file: URL;
  type: string;
}

interface Content {
  text: Buffer;
  eTag: string;
}

/** File contents by URL, less than two megabytes together. Each file is read at its first request. */
const contents = new Map<string, Promise<Content>>();

function contentOf({ file }: StaticFile): Promise<Content> {
  const known = contents.get(file.href);
  if (known) return known;
  const content = readFile(file).then((text) => ({ text, eTag: eTagOfText(text) }));
  contents.set(file.href, content);
  content.catch(() => contents.delete(file.href));
  return content;
}

/** Sends a file, or 304 if the client has it. */
export async function sendStaticFile(request: Request, h: ResponseToolkit, sent: StaticFile): Promise<ResponseObject> {
  const content = await contentOf(sent);
  return sendText(request, h, { ...content, type: sent.type, cacheControl: CACHE_ONE_HOUR });
}
