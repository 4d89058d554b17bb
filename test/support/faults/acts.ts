import { type Answered, jsonOf, type Outgoing, send } from '../http/http-client.ts';

/** The acts of a user, in order. */
export const ACTS = [
  'upload',
  'upload in parts',
  'new rendition',
  'delete',
  'original',
  'rendition',
  'record',
  'list',
] as const;
export type Act = (typeof ACTS)[number];

/** The bytes of an image, and its names. */
export interface Known {
  imageId: string;
  original: Buffer;
}

/** The promises to a user, which must hold whatever fails. */
export interface Ledger {
  stored: Known[];
  /** The accepted renditions. */
  accepted: { imageId: string; name: string }[];
  deleted: string[];
}

/** The state that the acts share. */
export interface Scene {
  url: string;
  original: Buffer;
  /** A stored image with the rendition `thumb`. */
  subject: Known;
  thumb: Buffer;
  /** An image that may be deleted. */
  doomed: string;
  ledger: Ledger;
  /** A name that no rendition of the subject has. */
  rendition: string;
}

export const AS_ALWAYS = 'as always';
/** Outcomes that are no answers, and are always wrong. */
const WRONG_BYTES = 'other bytes than were stored';
const NO_ANSWER = 'no answer';
/** The outcome of an accepted rendition that is not made at once. */
export const LATER = 'the new rendition is made later';
/** The outcome of a list without an image that is there. */
const NOT_LISTED = 'the list lacks the image';

/** Milliseconds in which every request is answered on a busy machine. */
const DEADLINE_MS = 25_000;

/** Failures of a connection, in words. */
const CONNECTION = { ECONNREFUSED: 'no connection', ECONNRESET: 'the connection ends', EPIPE: 'the connection ends' };

/** Sends a request. Returns the answer, or in words what came instead of one. */
export async function ask(url: string, outgoing: Outgoing): Promise<Answered | string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(NO_ANSWER), DEADLINE_MS);
  });
  const asked = send(url, outgoing).catch((error: NodeJS.ErrnoException) => {
    const words = CONNECTION[error.code as keyof typeof CONNECTION];
    if (words === undefined) throw error;
    return words;
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

type Asked = Awaited<ReturnType<typeof ask>>;

/** Whether an act got an answer that is a success. */
const isWell = (answer: Asked): answer is Answered => typeof answer === 'object' && answer.status < 300;

/** An unusual answer in words. */
function told(answer: Asked): string {
  if (typeof answer === 'string') return answer;
  if (!/json/.test(String(answer.headers['content-type']))) return `\`${answer.status}\``;
  return `\`${[answer.status, jsonOf(answer).code].filter(Boolean).join(' ')}\``;
}

const json = (method: string, path: string, body: unknown): Outgoing => ({
  method,
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Whether bytes are downloaded as they were stored. */
const read = async (url: string, path: string, bytes: Buffer): Promise<string> => {
  const answer = await ask(url, { path });
  if (!isWell(answer) || answer.status !== 200) return told(answer);
  return answer.body.equals(bytes) ? AS_ALWAYS : WRONG_BYTES;
};

const partly = async (scene: Scene): Promise<string> => {
  const { url, original, ledger } = scene;
  const created = await ask(url, json('POST', '/v1/uploads', { contentType: 'image/jpeg', renditions: ['thumb'] }));
  if (!isWell(created)) return told(created);
  const { uploadId, imageId } = jsonOf(created);
  const put = await ask(url, { method: 'PUT', path: `/v1/uploads/${uploadId}/parts/1`, body: original });
  if (!isWell(put)) return told(put);
  const parts = [{ partNumber: 1, eTag: jsonOf(put).eTag }];
  const completed = await ask(url, json('POST', `/v1/uploads/${uploadId}/complete`, { parts }));
  if (!isWell(completed) || completed.status !== 201) return told(completed);
  ledger.stored.push({ imageId, original });
  return AS_ALWAYS;
};

/** Runs an act and returns what a user is told. Promises go into the ledger. */
export const DO: Record<Act, (scene: Scene) => Promise<string>> = {
  upload: async ({ url, original, ledger }) => {
    const answer = await ask(url, { method: 'POST', path: '/v1/images?rendition=thumb', body: original });
    if (!isWell(answer)) return told(answer);
    const { imageId } = jsonOf(answer);
    ledger.stored.push({ imageId, original });
    ledger.accepted.push({ imageId, name: 'thumb' });
    return AS_ALWAYS;
  },
  'upload in parts': partly,
  'new rendition': async ({ url, subject: { imageId }, ledger, rendition: name }) => {
    const renditions = [{ name, commands: [{ operation: 'resize', width: 64 }], output: { format: 'png' } }];
    const answer = await ask(url, json('POST', `/v1/images/${imageId}/renditions`, { renditions }));
    if (!isWell(answer)) return told(answer);
    ledger.accepted.push({ imageId, name });
    return AS_ALWAYS;
  },
  delete: async ({ url, doomed, ledger }) => {
    const answer = await ask(url, { method: 'DELETE', path: `/v1/images/${doomed}` });
    if (!isWell(answer)) return told(answer);
    ledger.deleted.push(doomed);
    return AS_ALWAYS;
  },
  original: ({ url, subject }) => read(url, `/v1/images/${subject.imageId}/original`, subject.original),
  rendition: ({ url, subject, thumb }) => read(url, `/v1/images/${subject.imageId}/renditions/thumb`, thumb),
  record: async ({ url, subject: { imageId } }) => {
    const answer = await ask(url, { path: `/v1/images/${imageId}` });
    return isWell(answer) && jsonOf(answer).imageId === imageId ? AS_ALWAYS : told(answer);
  },
  list: async ({ url, subject: { imageId } }) => {
    const answer = await ask(url, { path: '/v1/images?limit=100' });
    if (!isWell(answer)) return told(answer);
    const ids: string[] = jsonOf(answer).images.map((image: { imageId: string }) => image.imageId);
    return ids.includes(imageId) ? AS_ALWAYS : NOT_LISTED;
  },
};

const LIST = new Intl.ListFormat('en-GB');

/** The outcomes of acts in words, one for all acts with the same outcome; none for acts that work. */
export function describeOutcomes(seen: Partial<Record<Act, string>>): string[] {
  const acts = ACTS.filter((act) => (seen[act] ?? AS_ALWAYS) !== AS_ALWAYS);
  return [...Map.groupBy(acts, (act) => String(seen[act]))].map(([outcome, group]) =>
    [LATER, NOT_LISTED].includes(outcome) ? outcome : `${outcome} for ${LIST.format(group)}`,
  );
}

/** The outcome of a rendition within the given seconds; its bytes are not read. */
export async function outcomeOf(
  url: string,
  { imageId, name }: Ledger['accepted'][number],
  seconds: number,
): Promise<string> {
  const path = `/v1/images/${imageId}/renditions/${name}`;
  const answer = await ask(url, { method: 'HEAD', path, headers: { prefer: `wait=${seconds}` } });
  if (typeof answer !== 'object') return told(answer);
  if (answer.status >= 300) return `\`${answer.status}\``;
  return answer.status === 202 ? LATER : AS_ALWAYS;
}
