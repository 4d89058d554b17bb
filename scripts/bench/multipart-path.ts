import { Agent } from 'node:http';
import type { ImageView } from '../../shared/contracts/api/image-view.ts';
import type { UploadView } from '../../shared/contracts/api/upload-view.ts';
import { recommendedPartSize } from '../../shared/domain/multipart-upload.ts';
import { type Bench, emptyBareFolder, MB } from './bench-setup.ts';
import type { Comparison } from './compare.ts';
import { runLoad, send } from './http-load.ts';

/** Concurrent images, and concurrent parts of each: eight requests in flight, as on the other paths. */
const IMAGES_AT_ONCE = 4;
const PARTS_AT_ONCE = 2;
const IMAGES_EACH = 3;
const PARTS = 8;

interface Api {
  url: string;
  agent: Agent;
}

/**
 * Uploads of 64 MiB in parts through async-upload, from creation to completion, in MB/s, compared with a bare server that writes the same
 * parts to the same disk.
 */
export function multipartPath({ folder, photo, stack, bareUrl }: Bench): Comparison {
  const partSize = recommendedPartSize();
  const image = Buffer.alloc(PARTS * partSize);
  photo.bytes.copy(image);
  const parts = Array.from({ length: PARTS }, (_, index) => image.subarray(index * partSize, (index + 1) * partSize));
  const images = IMAGES_AT_ONCE * IMAGES_EACH;
  const perSecond = (seconds: number) => (images * image.length) / MB / seconds;
  return {
    name: 'multipart upload',
    unit: 'MB/s',
    target: 0.5,
    floor: async () => {
      const load = {
        url: `${bareUrl}/`,
        method: 'POST',
        body: image.subarray(0, partSize),
        expectedStatus: 201,
      } as const;
      const seconds = await runLoad(load, { count: images * PARTS, concurrency: IMAGES_AT_ONCE * PARTS_AT_ONCE });
      await emptyBareFolder(folder);
      return perSecond(seconds);
    },
    ours: async () => {
      const api = { url: String(stack.targets['async-upload']), agent: new Agent({ keepAlive: true }) };
      const uploadSome = async () => {
        const uploaded: ImageView[] = [];
        while (uploaded.length < IMAGES_EACH) uploaded.push(await uploadInParts(api, parts));
        return uploaded;
      };
      const begun = performance.now();
      const uploaded = (await Promise.all(Array.from({ length: IMAGES_AT_ONCE }, uploadSome))).flat();
      const seconds = (performance.now() - begun) / 1000;
      for (const { links } of uploaded)
        await fetch(`${stack.targets['sync-upload']}${links.self}`, { method: 'DELETE' });
      api.agent.destroy();
      return perSecond(seconds);
    },
  };
}

async function uploadInParts({ url, agent }: Api, parts: Buffer[]): Promise<ImageView> {
  const json = { 'content-type': 'application/json' };
  const contentLength = parts.reduce((sum, { length }) => sum + length, 0);
  const declaration = Buffer.from(JSON.stringify({ contentType: 'image/jpeg', contentLength }));
  const created = await send(
    { url: `${url}/v1/uploads`, method: 'POST', headers: json, body: declaration, expectedStatus: 201 },
    agent,
  );
  const { links } = JSON.parse(created.toString()) as UploadView;
  const named: object[] = [];
  const waiting = parts.entries();
  const putSome = async () => {
    for (const [index, body] of waiting) {
      const path = `${links.parts}/${index + 1}`;
      const answer = await send({ url: `${url}${path}`, method: 'PUT', body, expectedStatus: 200 }, agent);
      const { partNumber, eTag } = JSON.parse(answer.toString());
      named[index] = { partNumber, eTag };
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, putSome));
  const list = Buffer.from(JSON.stringify({ parts: named }));
  const completed = await send(
    { url: `${url}${links.complete}`, method: 'POST', headers: json, body: list, expectedStatus: 201 },
    agent,
  );
  return JSON.parse(completed.toString());
}
