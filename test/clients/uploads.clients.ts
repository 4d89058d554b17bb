import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { photograph } from '../support/images/photographs.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { CURL, outputOf, PYTHON_REQUESTS, skipWithout } from './client-programs.ts';
import { expectUploaded, type Uploaded } from './uploaded.ts';

const jpeg = await photograph('jpeg');

/** The image under names from which clients guess other media types. */
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

    it('in every way that requests offers', async () => {
      const program = fileURLToPath(new URL('upload-with-requests.py', import.meta.url));
      const lines = (await outputOf(PYTHON_REQUESTS, [program, url], folder.path)).trim().split('\n');
      expect(lines).to.have.length.of.at.least(10);
      const answers: Uploaded[] = lines.map((line) => JSON.parse(line));
      for (const answer of answers) expectUploaded(answer, jpeg);
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
        expectUploaded({ way: way.join(' '), status: Number(status), body: JSON.parse(body) }, jpeg);
      });
    }
  });
});
