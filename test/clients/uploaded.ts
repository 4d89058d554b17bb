import { createHash } from 'node:crypto';
import { expect } from 'chai';

/** The parts of an answer that every client reads. */
export interface Uploaded {
  way: string;
  status: number;
  body: { contentType?: string; checksumSha256?: string; fileName?: string };
}

export function expectUploaded({ way, status, body }: Uploaded, jpeg: Buffer): void {
  expect(status, `${way}: ${JSON.stringify(body)}`).to.equal(201);
  const checksumSha256 = createHash('sha256').update(jpeg).digest('base64');
  expect(body, way).to.include({ contentType: 'image/jpeg', checksumSha256 });
}
