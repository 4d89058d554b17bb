import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Handler } from '../../shared/http/server.ts';
import type { SignedLink } from '../../shared/http/signed-links.ts';
import { findImage } from '../../shared/storage/table/image-access.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { checkImageAccess } from './image-access.ts';
import type { ImagePoller, ImageWatch } from './image-poller.ts';
import { snapshotOf } from './image-snapshot.ts';

/** A comment is sent this often, so that load balancers do not close the connection as idle: after 60 s by default at an ALB, 30 s at CloudFront. */
const HEARTBEAT_MS = 15_000;

/** A connection is closed after this time; the client reconnects by itself. */
const MAX_CONNECTION_MS = 10 * 60_000;

/** Milliseconds after which a client reconnects. */
const RETRY_MS = 2_000;

/** `GET /v1/images/{imageId}/events` */
export const getEvents =
  ({ table, poller }: { table: ImageTable; poller: ImagePoller }): Handler =>
  async (request, h) => {
    const imageId = String(request.params.imageId);
    const now = snapshotOf(checkImageAccess(request, await findImage(table, imageId), { need: 'record' }));
    const { 'last-event-id': seen } = request.raw.req.headers;
    // A client that has the last event would reconnect for ever; 204 makes EventSource stop.
    if (now.isSettled && seen === now.eTag) return h.response().code(204).header('cache-control', 'no-store');
    const gone = new Promise<'gone'>((resolve) => request.raw.res.once('close', () => resolve('gone')));
    const events = Readable.from(
      eventsOf(() => poller.watch(imageId, now), { seen, gone, link: request.app.link }),
      { objectMode: false },
    );
    return h
      .response(events)
      .type('text/event-stream')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no');
  };

const write = (event: string, { id, data }: { id: string; data: string }): string =>
  `event: ${event}\nid: ${id}\ndata: ${data}\n\n`;

interface Client {
  /** The id of the last event that the client has received. */
  seen: unknown;
  /** Resolves when the client has disconnected. */
  gone: Promise<'gone'>;
  /** The link that the client has come by, if any: events end when it expires. */
  link: SignedLink | undefined;
}

/** Milliseconds that a connection may last. */
const maxDurationOf = (link: SignedLink | undefined): number =>
  Math.min(MAX_CONNECTION_MS, link ? link.expiresAt - Date.now() : MAX_CONNECTION_MS);

async function* eventsOf(watch: () => ImageWatch, { seen, gone, link }: Client): AsyncGenerator<string> {
  // Watching begins with the first read: nobody reads the answer to HEAD, and a generator that has not started never reaches its `finally`.
  const image = watch();
  const end = performance.now() + maxDurationOf(link);
  let sent = seen;
  try {
    yield `retry: ${RETRY_MS}\n\n`;
    while (performance.now() < end && !image.isOver()) {
      // This promise is taken before anything is sent: a slow client may take long, and changes meanwhile must not be missed.
      const changed = image.changed();
      const { json, eTag, isSettled, isDeleted } = image.latest();
      if (isDeleted) return yield write('deleted', { id: eTag, data: '{}' });
      if (eTag !== sent) yield write('image', { id: eTag, data: json });
      sent = eTag;
      if (isSettled) return yield write('settled', { id: eTag, data: '{}' });
      const quiet = sleep(Math.min(HEARTBEAT_MS, end - performance.now()), 'quiet', { ref: false });
      const news = await Promise.race([changed, gone, quiet]);
      if (news === 'gone') return;
      if (news === 'quiet') yield ': still watching\n\n';
    }
  } finally {
    image.leave();
  }
}
