import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startWebServer, type WebServer } from './web-server.ts';

/** A received CreateInvalidation. */
interface AskedInvalidation {
  distributionId: string;
  callerReference: string;
  paths: string[];
}

/** Answers in place of CloudFront. Returns whether it has answered. */
type Refuse = (asked: AskedInvalidation, response: ServerResponse) => boolean | Promise<boolean>;

/** CloudFront's REST API for invalidations, with what tests cannot get from CloudFront: errors, silence, and a count. */
export interface CloudFront extends WebServer {
  /** Every request, in order. */
  asked: AskedInvalidation[];
  /** The accepted invalidations by id. The same caller reference is the same invalidation. */
  accepted: Map<string, AskedInvalidation>;
  accept(asked: AskedInvalidation): string;
  refuse: Refuse;
}

const NAMESPACE = 'http://cloudfront.amazonaws.com/doc/2020-05-31/';

const listOf = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, value = '']) => value);

export async function startCloudFront(): Promise<CloudFront> {
  const server = await startWebServer(async (request, response) => {
    const xml = await text(request);
    const [, distributionId = ''] = /^\/2020-05-31\/distribution\/([^/]+)\/invalidation$/.exec(request.url ?? '') ?? [];
    const [callerReference = ''] = listOf(xml, 'CallerReference');
    const asked = { distributionId, callerReference, paths: listOf(xml, 'Path') };
    cloudFront.asked.push(asked);
    if (await cloudFront.refuse(asked, response)) return;
    response.writeHead(201, { 'content-type': 'text/xml' }).end(writeInvalidation(cloudFront.accept(asked), asked));
  });
  const cloudFront: CloudFront = {
    ...server,
    asked: [],
    accepted: new Map(),
    refuse: () => false,
    accept(asked) {
      const known = [...this.accepted].find(([, { callerReference }]) => callerReference === asked.callerReference);
      const id = known?.[0] ?? `I${randomUUID().slice(0, 12).toUpperCase()}`;
      this.accepted.set(id, asked);
      return id;
    },
  };
  return cloudFront;
}

const writeInvalidation = (id: string, { callerReference, paths }: AskedInvalidation): string =>
  `<Invalidation xmlns="${NAMESPACE}"><Id>${id}</Id><Status>InProgress</Status><CreateTime>2026-01-02T03:04:05Z</CreateTime>` +
  `<InvalidationBatch><Paths><Quantity>${paths.length}</Quantity><Items>${paths.map((path) => `<Path>${path}</Path>`).join('')}` +
  `</Items></Paths><CallerReference>${callerReference}</CallerReference></InvalidationBatch></Invalidation>`;

/** An error as CloudFront writes it. */
export function answerError(response: ServerResponse, status: number, code: string): true {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>User: arn:aws:sts::111122223333:x may not.</Message></Error>`;
  response
    .writeHead(status, { 'content-type': 'text/xml' })
    .end(`<ErrorResponse xmlns="${NAMESPACE}">${error}<RequestId>${randomUUID()}</RequestId></ErrorResponse>`);
  return true;
}
