/** A request, with the body in the client's own type. */
interface Asked {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: FormData | Uint8Array<ArrayBuffer> | string;
}

interface Got {
  status: number;
  header(name: string): string | null;
  bytes: Uint8Array;
}

export type Ask = (asked: Asked) => Promise<Got>;

/** The expected result of every client, in any language. */
export const WHOLE_JOB = {
  form: 201,
  fileName: 'holiday.jpg',
  sameFormAgain: 201,
  isSameImage: true,
  raw: 201,
  part: 200,
  completed: 201,
  isSameChecksum: true,
  rendition: 200,
  renditionType: 'image/webp',
  renditionStatus: 'ready',
  isOriginalWhole: true,
  unchanged: 304,
  range: 206,
  rangeBytes: 100,
  rangeBehindTheEnd: 416,
  deleted: 204,
  gone: 410,
  formOfDeleted: 410,
};

const jsonOf = ({ bytes }: Got) => JSON.parse(new TextDecoder().decode(bytes));

const JSON_TYPE = { 'content-type': 'application/json' };

/** Uploads a photograph in each way, waits for its rendition, reads it, and deletes it. It runs in Node and in browsers. */
export async function wholeJob(ask: Ask, photo: Uint8Array<ArrayBuffer>): Promise<Record<string, unknown>> {
  const key = crypto.randomUUID();
  const sendForm = () => {
    const body = new FormData();
    body.append('file', new Blob([photo]), 'holiday.jpg');
    body.append('renditions', '["thumb"]');
    return ask({ method: 'POST', path: '/v1/images', headers: { 'idempotency-key': key }, body });
  };
  const form = await sendForm();
  const record = jsonOf(form);
  const again = await sendForm();
  const raw = await ask({ method: 'POST', path: '/v1/images', body: photo });
  const inParts = await sendInParts(ask, photo);
  const read = await readImage(ask, record, photo);
  const deleted = await ask({ method: 'DELETE', path: record.links.self });
  return {
    form: form.status,
    fileName: record.fileName,
    sameFormAgain: again.status,
    isSameImage: jsonOf(again).imageId === record.imageId,
    raw: raw.status,
    part: inParts.part,
    completed: inParts.completed,
    isSameChecksum: inParts.checksum === record.checksumSha256,
    ...read,
    deleted: deleted.status,
    gone: (await ask({ method: 'GET', path: record.links.original })).status,
    formOfDeleted: (await sendForm()).status,
  };
}

async function sendInParts(ask: Ask, photo: Uint8Array<ArrayBuffer>) {
  const created = await ask({
    method: 'POST',
    path: '/v1/uploads',
    headers: JSON_TYPE,
    body: JSON.stringify({ contentLength: photo.length }),
  });
  const path = `/v1/uploads/${jsonOf(created).uploadId}`;
  const part = await ask({ method: 'PUT', path: `${path}/parts/1`, body: photo });
  const { parts } = jsonOf(await ask({ method: 'GET', path: `${path}/parts` }));
  const completed = await ask({
    method: 'POST',
    path: `${path}/complete`,
    headers: JSON_TYPE,
    body: JSON.stringify({ parts }),
  });
  return { part: part.status, completed: completed.status, checksum: jsonOf(completed).checksumSha256 };
}

async function readImage(
  ask: Ask,
  { links }: { links: { self: string; original: string } },
  photo: Uint8Array,
): Promise<Record<string, unknown>> {
  const get = (path: string, headers: Record<string, string> = {}) => ask({ method: 'GET', path, headers });
  const rendition = await get(`${links.self}/renditions/thumb`, { prefer: 'wait=20' });
  const original = await get(links.original);
  const unchanged = await get(links.original, { 'if-none-match': original.header('etag') ?? '' });
  const range = await get(links.original, { range: 'bytes=0-99' });
  return {
    rendition: rendition.status,
    renditionType: rendition.header('content-type'),
    renditionStatus: jsonOf(await get(links.self)).renditions[0].status,
    isOriginalWhole: original.bytes.length === photo.length && photo.every((byte, at) => original.bytes[at] === byte),
    unchanged: unchanged.status,
    range: range.status,
    rangeBytes: range.bytes.length,
    rangeBehindTheEnd: (await get(links.original, { range: 'bytes=99999999-' })).status,
  };
}

/** A client with `fetch`, of Node or of a browser. */
export const askByFetch =
  (base: string): Ask =>
  async ({ method, path, headers = {}, body }) => {
    // Bypasses the browser's cache, to get the service's answers.
    const cache = 'no-store';
    const answer = await fetch(base + path, { method, headers, cache, ...(body !== undefined && { body }) });
    return {
      status: answer.status,
      header: (name) => answer.headers.get(name),
      bytes: new Uint8Array(await answer.arrayBuffer()),
    };
  };
