import { createHash } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { eventually } from '../support/eventually.ts';
import { documentedBlocks } from '../support/http/documented-blocks.ts';
import { jsonOf, send } from '../support/http/http-client.ts';
import { photograph } from '../support/images/photographs.ts';
import { type StartProcess, spawnStart, spawnStartWhere } from '../support/services/start-process.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { CURL, type Program, skipWithout } from './client-programs.ts';
import { commandsOf, pasteInto, shows } from './shell-session.ts';

const SHELL: Program = {
  command: 'bash',
  check: ['-c', 'command -v jq openssl split base64 paste awk'],
  missing: 'bash with jq, openssl and coreutils',
};

const PAGES = ['README.md', 'docs/uploading.md', 'docs/upload-tokens.md', 'docs/downloading.md', 'docs/commands.md'];

/** The first line of the block for readers with a key. */
const GIVEN_KEY = /^KEY=THE_KEY$/m;

/** The expected output of a block, by a text that no other block of its page has. */
const GIVEN: Record<string, [inBlock: string, output: RegExp][]> = {
  'README.md': [['a whole image in one request', /^\{.*"status":"stored".*"fileName":"photo.jpg"/m]],
  'docs/uploading.md': [
    ['photo=large.jpg', /^$/],
    ['checksum=$(openssl', /^$/],
    ['split -b', /^$/],
    ['echo "$status"', /^201\n\{.*"status":"stored"/],
    ['broken off after one part', /"partNumber":2.*"status":"stored"/s],
    ['part-urls', /^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*etag: "[0-9a-f]{32}"/im],
    ['-X DELETE', /^204\n$/],
    ['-X OPTIONS', /^upload-limit: .*max-size=\d+/im],
  ],
  'docs/upload-tokens.md': [['"order": "17"', /^\{"token":"ist_[0-9a-f]{24}_[\w-]{43}","imageId":/]],
  'docs/downloading.md': [['ID=$(curl', /^$/]],
  'docs/commands.md': [['renditions -d', /"name":"card","status":"(?:queued|processing|ready)"/]],
};

/** The rendition that README.md requests before it downloads it. */
const CARD = { name: 'card', commands: [], output: { format: 'avif' } };

describe('The shell blocks of the documentation', () => {
  let stack: StartProcess;
  let url: string;
  let folder: TemporaryFolder;
  before(async function () {
    for (const program of [CURL, SHELL]) skipWithout(program).call(this);
    folder = await createTemporaryFolder();
    stack = spawnStart('--port', '0', '--log', 'silent', '--data', join(folder.path, 'data'));
    url = await stack.ready();
    await writeFile(join(folder.path, 'photo.jpg'), await photograph('jpeg', 1600, 1067));
    // A copy of the files in the project's root that the documentation uses.
    await cp(new URL('../../docs/sample.jpg', import.meta.url), join(folder.path, 'docs/sample.jpg'));
  });
  after(async () => {
    stack?.child.kill('SIGTERM');
    await stack?.ended();
    await folder?.remove();
  });

  /** The image that the blocks expect the reader to have. */
  async function uploadedImage(renditions: object[]): Promise<string> {
    const form = new FormData();
    form.append('file', new Blob([await photograph('jpeg')]), 'photo.jpg');
    if (renditions.length > 0) form.append('renditions', JSON.stringify(renditions));
    const answer = await fetch(`${url}/v1/images`, { method: 'POST', body: form });
    return ((await answer.json()) as { imageId: string }).imageId;
  }

  const blocksOf = (page: string) => documentedBlocks(page, url).filter(({ language }) => language === 'sh');
  const asksByCurl = ({ code }: { code: string }) => /\bcurl\b/.test(code);

  for (const page of PAGES) {
    it(`of ${page} without curl are the project's own commands`, () => {
      for (const { code, line } of blocksOf(page).filter((block) => !asksByCurl(block)))
        expect(code, `${page}:${line}`).to.match(
          /^(?:(?:API_KEYS=DIGEST )?npm (?:ci|start|run)(?: .*)?\n)+$|^service=/,
        );
    });
  }

  for (const page of ['README.md', 'docs/uploading.md', 'docs/upload-tokens.md', 'docs/commands.md']) {
    it(`of ${page}, pasted in order, print what the page says`, async () => {
      const blocks = blocksOf(page).filter((block) => asksByCurl(block) || /^service=/.test(block.code));
      const given = GIVEN[page] ?? [];
      expect(blocks.map(({ code }) => given.filter(([inBlock]) => code.includes(inBlock)).length)).to.deep.equal(
        given.map(() => 1),
      );
      const imageId = await uploadedImage(page === 'README.md' ? [CARD] : []);
      const ids = blocks.map(({ code }) => code.replaceAll('/IMAGE_ID', `/${imageId}`));
      const pasted = await pasteInto(folder.path, ids, {});
      pasted.forEach(({ output, failed }, index) => {
        const { line } = blocks[index] ?? {};
        expect(failed, `${page}:${line}: ${output}`).to.deep.equal([]);
        expect(output, `${page}:${line}: ${output}`).to.match(given[index]?.[1] ?? /never/);
      });
      if (!blocks.some(({ code }) => code.includes('-o card.avif'))) return;
      const card = await readFile(join(folder.path, 'card.avif'));
      expect((await sharp(card).metadata()).compression).to.equal('av1');
      await rm(join(folder.path, 'card.avif'));
    });
  }

  it('of docs/downloading.md and its transcripts print what the page shows', async () => {
    const [upload] = blocksOf('docs/downloading.md').filter(asksByCurl);
    const transcripts = documentedBlocks('docs/downloading.md', url).filter(({ code }) => code.startsWith('$ '));
    expect(transcripts.length).to.be.at.least(6);
    const environment = { URL: url };
    const [first] = await pasteInto(folder.path, [`${upload?.code}echo $ID`], environment);
    expect(first?.failed).to.deep.equal([]);
    const ID = first?.output.trim() ?? '';
    await eventually('its renditions are ready', async () => {
      const { renditions } = jsonOf(await send(url, { path: `/v1/images/${ID}` }));
      return renditions.every(({ status }: { status: string }) => status === 'ready');
    });
    const commands = transcripts.flatMap(({ code, line }) => commandsOf(code).map((each) => ({ ...each, line })));
    const pasted = await pasteInto(
      folder.path,
      commands.map(({ command }) => command),
      { ...environment, ID, KEY: 'none-is-asked-for' },
    );
    pasted.forEach(({ output, failed }, index) => {
      const { command, shown, line } = commands[index] ?? { command: '', shown: [], line: 0 };
      const where = `docs/downloading.md:${line}: ${command}\n${output}`;
      expect(failed, where).to.deep.equal([]);
      expect(shows(output, shown), where).to.equal(true);
    });
  });

  it('of docs/downloading.md for readers with a key open a private image by a link', async () => {
    const KEY = 'the-key-of-a-test';
    const API_KEYS = createHash('sha256').update(KEY).digest('hex');
    const data = join(folder.path, 'data-with-keys');
    const withKeys = spawnStartWhere({ API_KEYS }, '--port', '0', '--log', 'silent', '--data', data);
    try {
      const blocks = documentedBlocks('docs/downloading.md', await withKeys.ready());
      const [block, ...others] = blocks.filter(({ code }) => GIVEN_KEY.test(code));
      expect(others).to.deep.equal([]);
      const code = String(block?.code).replace(GIVEN_KEY, `KEY=${KEY}`);
      const [pasted] = await pasteInto(folder.path, [code], {});
      expect(pasted).to.deep.equal({ output: '404\n200\n', failed: [] });
      const opened = await sharp(await readFile(join(folder.path, 'original.jpg'))).metadata();
      expect(opened.format).to.equal('jpeg');
    } finally {
      withKeys.child.kill('SIGTERM');
      await withKeys.ended();
    }
  });
});
