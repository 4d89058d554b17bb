import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { photograph } from '../support/photographs.ts';
import { type Services, startServices } from '../support/services.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { CURL, outputOf, PYTHON_REQUESTS, skipWithout } from './client-programs.ts';

const jpeg = await photograph('jpeg');
const CHECKSUM = createHash('sha256').update(jpeg).digest('base64');

/** What is read of an answer, by whatever client. */
interface Uploaded {
  way: string;
  status: number;
  body: { contentType?: string; checksumSha256?: string; fileName?: string };
}

function expectUploaded({ way, status, body }: Uploaded): void {
  expect(status, `${way}: ${JSON.stringify(body)}`).to.equal(201);
  expect(body, way).to.include({ contentType: 'image/jpeg', checksumSha256: CHECKSUM });
}

/** The image under names from which clients guess other types. */
const NAMES = ['photo.jpg', 'photo.png', 'photo', 'photo.txt'];

describe('a photograph', () => {
  let services: Services;
  let folder: TemporaryFolder;
  let url: string;
  before(async () => {
    services = await startServices();
    url = `${services.upload}/v1/images`;
    folder = await createTemporaryFolder();
    await Promise.all(NAMES.map((name) => writeFile(join(folder.path, name), jpeg)));
  });
  after(async () => {
    await services.stop();
    await folder.remove();
  });

  describe('is uploaded by requests of Python', () => {
    before(skipWithout(PYTHON_REQUESTS));

    it('in every way that it has', async () => {
      const program = fileURLToPath(new URL('upload-with-requests.py', import.meta.url));
      const lines = (await outputOf(PYTHON_REQUESTS, [program, url], folder.path)).trim().split('\n');
      expect(lines).to.have.length.of.at.least(10);
      const answers: Uploaded[] = lines.map((line) => JSON.parse(line));
      for (const answer of answers) expectUploaded(answer);
      const names = answers.filter(({ way }) => way.startsWith('an open file')).map(({ body }) => body.fileName);
      expect(names).to.deep.equal(['photo.jpg', 'photo.png', 'photo']);
    });
  });

  describe('is uploaded by curl', () => {
    before(skipWithout(CURL));

    const ways: string[][] = [
      ...NAMES.map((name) => ['-F', `file=@${name}`]),
      ['-F', 'file=@photo.jpg;type=image/*'],
      ['-F', 'file=@photo.jpg;type=text/plain'],
      ['-F', 'file=@photo.jpg;filename='],
      ['-F', 'file=<photo.jpg'],
      ['-F', 'file=@photo.jpg', '-F', 'renditions=["thumb"]'],
      ['-F', 'renditions=["thumb"];type=application/json', '-F', 'file=@photo.jpg'],
      ['--data-binary', '@photo.jpg'],
      ['--data-binary', '@photo.png', '-H', 'Content-Type:'],
      ['--data-binary', '@photo.png', '-H', 'Content-Type;'],
      ['-X', 'POST', '-T', 'photo.png'],
      ['-X', 'POST', '-T', 'photo.jpg', '-H', 'Transfer-Encoding: chunked'],
    ];
    for (const way of ways) {
      it(`with ${way.join(' ')}`, async () => {
        const written = await outputOf(CURL, ['-sS', '-w', '\n%{http_code}', ...way, url], folder.path);
        const [body = '', status] = written.split('\n');
        expectUploaded({ way: way.join(' '), status: Number(status), body: JSON.parse(body) });
      });
    }
  });

  describe('is uploaded by fetch', () => {
    const form = (content: Blob, name?: string) => {
      const data = new FormData();
      if (name === undefined) data.append('file', content);
      else data.append('file', content, name);
      return data;
    };
    const ways: Record<string, FormData | Blob | Uint8Array<ArrayBuffer>> = {
      'as a Blob in a form': form(new Blob([jpeg])),
      'as a Blob of another type in a form': form(new Blob([jpeg], { type: 'image/png' })),
      'as a File of another name in a form': form(new File([jpeg], 'photo.png', { type: 'image/png' })),
      'as a File of no type in a form': form(new File([jpeg], 'photo'), 'photo.heic'),
      'as a raw Blob': new Blob([jpeg]),
      'as raw bytes': new Uint8Array(jpeg),
    };
    for (const [way, body] of Object.entries(ways)) {
      it(way, async () => {
        const answer = await fetch(url, { method: 'POST', body });
        expectUploaded({ way, status: answer.status, body: (await answer.json()) as Uploaded['body'] });
      });
    }
  });
});
