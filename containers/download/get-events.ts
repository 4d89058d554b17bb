import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Handler } from '../../shared/http/server.ts';
import { findImage } from '../../shared/storage/table/image-access.ts';
import type { ImageTable } from '../../shared/storage/table/image-table.ts';
import { checkImageAccess, type LastingAccess, lastingAccessOf } from './image-access.ts';
import type { ImagePoller, ImageWatch } from './image-poller.ts';
import { snapshotOf } from './image-snapshot.ts';

/**
 * A comment is sent this often, so that load balancers do not close the connection as idle: after 60 s by default at an ALB, 30 s at CloudFront. Credentials are
 * checked as often, so that a key that was revoked opens no stream for longer.
 */
const HEARTBEAT_MS = 15_000;

/** A connection is closed after this time; the client reconnects by itself. */
const MAX_CONNECTION_MS = 10 * 60_000;

/** Milliseconds after which a client reconnects. */
const RETRY_MS = 2_000;

export interface EventsDependencies {
  table: ImageTable;
  poller: ImagePoller;
  /** Milliseconds between two comments, if not the usual ones. */
  heartbeatMs?: number | undefined;
}

/** `GET /v1/images/{imageId}/events` */
export const getEvents =
  ({ table, poller, heartbeatMs = HEARTBEAT_MS }: EventsDependencies): Handler =>
  async (request, h) => {
    const imageId = String(request.params.imageId);
    const now = snapshotOf(await checkImageAccess(request, await findImage(table, imageId), { need: 'record' }));
    const { 'last-event-id': seen } = request.raw.req.headers;
    // A client that has the last event would reconnect for ever; 204 makes EventSource stop.
    if (now.isSettled && seen === now.eTag) return h.response().code(204).header('cache-control', 'no-store');
    const gone = new Promise<'gone'>((resolve) => request.raw.res.once('close', () => resolve('gone')));
    const events = Readable.from(
      eventsOf(() => poller.watch(imageId, now), { seen, gone, access: lastingAccessOf(request), heartbeatMs }),
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
  access: LastingAccess;
  heartbeatMs: number;
}

async function* eventsOf(
  watch: () => ImageWatch,
  { seen, gone, access: { expiresAt = Number.POSITIVE_INFINITY, recheck }, heartbeatMs }: Client,
): AsyncGenerator<string> {
  // Watching begins with the first read: nobody reads the answer to HEAD, and a generator that has not started never reaches its `finally`.
  const image = watch();
  const end = performance.now() + Math.min(MAX_CONNECTION_MS, expiresAt - Date.now());
  let sent = seen;
  let checkAt = performance.now() + heartbeatMs;
  try {
    yield `retry: ${RETRY_MS}\n\n`;
    while (performance.now() < end && !image.isOver()) {
      // This promise is taken before anything is sent: a slow client may take long, and changes meanwhile must not be missed.
      const changed = image.changed();
      if (performance.now() >= checkAt) {
        if (!(await recheck())) return;
        checkAt = performance.now() + heartbeatMs;
      }
      const { json, eTag, isSettled, isDeleted } = image.latest();
      if (isDeleted) return yield write('deleted', { id: eTag, data: '{}' });
      if (eTag !== sent) yield write('image', { id: eTag, data: json });
      sent = eTag;
      if (isSettled) return yield write('settled', { id: eTag, data: '{}' });
      const quiet = sleep(Math.min(heartbeatMs, end - performance.now()), 'quiet', { ref: false });
      const news = await Promise.race([changed, gone, quiet]);
      if (news === 'gone') return;
      if (news === 'quiet') yield ': still watching\n\n';
    }
  } finally {
    image.leave();
  }
}
