import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway } from '../../scripts/gateway.ts';
import type { Asked } from '../../scripts/test-http/redbot.ts';
import { eventually } from '../support/eventually.ts';
import { FORM_TYPE, filePart, formBody, renditionsPart } from '../support/http/form-body.ts';
import { jsonOf, send } from '../support/http/http-client.ts';
import { end, listen } from '../support/http/plain-servers.ts';
import { photograph } from '../support/images/photographs.ts';
import { startServices } from '../support/services/services.ts';
import { spawnStart } from '../support/services/start-process.ts';

/** A kind of URL, with its expected status. */
export interface Kind extends Asked {
  name: string;
  status: number;
}

export interface LookedAt {
  kinds: Kind[];
  stop(): Promise<void>;
}

const AUTO = { name: 'best', commands: [], output: { format: 'auto' } };
const OUTSIDE = {
  name: 'outside',
  commands: [{ operation: 'crop', left: 5000, top: 0, width: 10, height: 10 }],
  output: { format: 'webp' },
};
const NOBODY = '/v1/images/3f2b8c1e-5d4a-4f6b-8a7c-9d0e1f2a3b4c';
const MODERN = { accept: 'image/avif,image/webp,*/*;q=0.8' };

async function upload(base: string, renditions: unknown[]) {
  const body = formBody([filePart(await photograph('jpeg', 300, 200)), renditionsPart(renditions)]);
  const headers = { 'content-type': FORM_TYPE };
  const answer = await send(base, { method: 'POST', path: '/v1/images', headers, body });
  return jsonOf(answer);
}

/** `npm start` with images in every lasting state, and also the services without a worker, where renditions stay pending. */
export async function startLookedAt(): Promise<LookedAt> {
  const folder = await mkdtemp(join(tmpdir(), 'looked-at-'));
  const started = spawnStart('--port', '0', '--data', folder, '--log', 'silent');
  const base = await started.ready();
  const services = await startServices();
  const gateway = createGateway({ 'sync-upload': services.upload, download: services.download });
  const waiting = await listen(gateway);
  const kinds = [
    ...(await kindsOf(base)),
    ...(await kindsWithoutWorker(waiting)),
    ...kindsOfService(services.download),
  ];
  return {
    kinds,
    stop: async () => {
      started.child.kill('SIGTERM');
      await started.ended();
      await end(gateway);
      await services.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const kind = (
  base: string,
  name: string,
  path: string,
  { status = 200, headers = {}, method = 'GET' as Asked['method'] } = {},
): Kind => ({
  name,
  url: `${base}${path}`,
  status,
  headers,
  method,
});

async function kindsOf(base: string): Promise<Kind[]> {
  const { links } = await upload(base, ['thumb', AUTO, OUTSIDE]);
  const gone = (await upload(base, ['thumb'])).links;
  await send(base, { method: 'DELETE', path: gone.self });
  const is = async (path: string, headers: Record<string, string>, status: number, type?: string) => {
    const answer = await send(base, { path, headers });
    return answer.status === status && (type === undefined || answer.headers['content-type'] === type);
  };
  await eventually('AVIF is made', () => is(`${links.self}/renditions/best`, MODERN, 200, 'image/avif'));
  await eventually('a rendition is made', () => is(`${links.self}/renditions/thumb`, {}, 200));
  await eventually('a rendition has failed', () => is(`${links.self}/renditions/outside`, {}, 422));
  const of = (name: string, path: string, options?: Parameters<typeof kind>[3]) => kind(base, name, path, options);
  return [
    of('an original', links.original),
    of('an original by HEAD', links.original, { method: 'HEAD' }),
    of('a range of an original', links.original, { headers: { range: 'bytes=0-99' }, status: 206 }),
    of('an original to be saved', `${links.original}?download=a%20b.jpg`),
    of('a rendition', `${links.self}/renditions/thumb`),
    of('a rendition in the best format', `${links.self}/renditions/best`, { headers: MODERN }),
    of('a file by its content', links.file),
    of('a record', links.self),
    of('a list', '/v1/images'),
    of('the events of an image that is settled', links.events),
    of('the limits', '/v1/limits'),
    of('the document of the API', '/openapi.json'),
    of('the front page', '/'),
    of('the icon of the pages', '/favicon.ico'),
    of('its page', '/docs'),
    of('its page with a slash behind it', '/docs/', { status: 301 }),
    of('a script of its page', '/docs/start.js'),
    of('a path that there is not', '/nothing', { status: 404 }),
    of('an image that there is not', NOBODY, { status: 404 }),
    of('a deleted image', gone.original, { status: 410 }),
    of('a rendition that failed', `${links.self}/renditions/outside`, { status: 422 }),
    of('a wrong field', '/v1/images?limit=0', { status: 400 }),
  ];
}

async function kindsWithoutWorker(base: string): Promise<Kind[]> {
  const { links } = await upload(base, ['thumb']);
  return [kind(base, 'a rendition that is not ready', `${links.self}/renditions/thumb`, { status: 202 })];
}

/** The gateway routes this path to no service. */
const kindsOfService = (base: string): Kind[] => [kind(base, 'health', '/health'), kind(base, 'readiness', '/ready')];
