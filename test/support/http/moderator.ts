import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startWebServer, type WebServer } from './web-server.ts';

/** A notice as it came. */
export interface Notice {
  method: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
  imageId: string;
  /** The path that opens the bytes. */
  link: string;
}

/** A webhook for images that wait, with what tests need: every notice, and answers of all kinds. */
export interface Moderator extends WebServer {
  notices: Notice[];
  answer(notice: Notice, response: ServerResponse): unknown;
}

export const noted = (_notice: Notice, response: ServerResponse): unknown => response.writeHead(204).end();

/** Answers with a status and a body, which is written as JSON unless it is a text. */
export const says =
  (body: unknown, status = 200) =>
  (_notice: Notice, response: ServerResponse): unknown =>
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));

export async function startModerator(): Promise<Moderator> {
  const server = await startWebServer(async (request, response) => {
    const body = await text(request);
    const { data } = JSON.parse(body);
    const notice = { method: request.method, headers: request.headers, body, imageId: data.imageId, link: data.link };
    moderator.notices.push(notice);
    await moderator.answer(notice, response);
  });
  const moderator: Moderator = { ...server, notices: [], answer: noted };
  return moderator;
}
