import { createHmac } from 'node:crypto';
import { type ModerationRequest, moderationRequestSchema } from '../../shared/contracts/api/moderation.ts';
import type { Config } from '../../shared/contracts/environment.ts';
import type { ImageRecord } from '../../shared/domain/image-record.ts';
import { type LinkKey, linkKeysOf } from '../../shared/http/signed-links.ts';
import { pendingImageView } from './pending-image.ts';

/** Whoever is told of images that wait for a decision. */
export interface ModerationWebhook {
  url: string;
  /** Each signs, so that one can be replaced while the receiver knows the other. */
  secrets: readonly string[];
  /** Signs the link to the bytes. */
  linkKey: LinkKey;
}

type WebhookSettings = Pick<
  Config<'sync-upload'>,
  'MODERATION_WEBHOOK_URL' | 'MODERATION_WEBHOOK_SECRET' | 'LINK_KEYS'
>;

/** The webhook of a service's settings, which has a secret and a key if it has a URL; undefined without one. */
export function moderationWebhookOf(settings: WebhookSettings): ModerationWebhook | undefined {
  const { MODERATION_WEBHOOK_URL: url, MODERATION_WEBHOOK_SECRET: secrets = '' } = settings;
  const [linkKey] = linkKeysOf(settings);
  return url && linkKey ? { url, secrets: secrets.split(','), linkKey } : undefined;
}

/** The most bytes of an answer that are read. */
const ANSWER_BYTES = 16_384;

/**
 * Tells a webhook of an image. Resolves to what it has decided at once, or to undefined if it will say so later. Rejects if it was not told: by any
 * status but 2xx, redirections too, by an answer that decides in another form, that is too large, or that takes longer than `timeoutMs`.
 */
export async function tellModerator(
  { url, secrets, linkKey }: ModerationWebhook,
  record: ImageRecord,
  timeoutMs: number,
): Promise<ModerationRequest | undefined> {
  const now = new Date();
  const body = JSON.stringify(noticeOf(record, linkKey, now));
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'user-agent': 'image-service', 'accept-encoding': 'identity' },
      ...signatureOf(body, { id: noticeId(record), now, secrets }),
    },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.ok) return decisionIn(await readAnswer(response));
  await response.body?.cancel();
  throw new Error(`The webhook has answered ${response.status}, and 2xx was expected.`);
}

/** What a webhook is told, as the type says by https://www.standardwebhooks.com. */
function noticeOf(record: ImageRecord, linkKey: LinkKey, now: Date) {
  return { type: 'image.pending', timestamp: now.toISOString(), data: pendingImageView(record, now, linkKey) };
}

/** Stays the same when a notice is repeated, so that its receiver knows it again. */
export const noticeId = ({ imageId, createdAt }: ImageRecord): string => `${imageId}-${Date.parse(createdAt)}`;

/** The headers of Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md). */
function signatureOf(
  body: string,
  { id, now, secrets }: { id: string; now: Date; secrets: readonly string[] },
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signed = secrets.map((secret) =>
    createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64'),
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signed.map((signature) => `v1,${signature}`).join(' '),
  };
}

async function readAnswer({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the body.
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > ANSWER_BYTES) throw new Error(`The webhook has answered more than ${ANSWER_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** What an answer decides. An answer that is no JSON object with `decision` decides nothing, such as an empty one or `ok`. */
function decisionIn(answer: string): ModerationRequest | undefined {
  const told = parsed(answer);
  if (typeof told !== 'object' || told === null || !('decision' in told)) return undefined;
  const { value, error } = moderationRequestSchema.validate(told, { stripUnknown: true, convert: false });
  if (error) throw new Error(`The webhook has answered a decision in another form: ${error.message}.`);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
