import { expect } from 'chai';
import { createTemporaryFolder } from '../support/storage/temporary-folder.ts';
import { commandsOf, pasteInto, shows } from './shell-session.ts';

const SHOWN = ['HTTP/1.1 206 Partial Content', 'content-length: 100', '…'];

describe('An output, compared with the documented one,', () => {
  for (const output of [
    'HTTP/1.1 206 Partial Content\r\nvary: accept\r\ncontent-length: 4711\r\n\r\n',
    'HTTP/1.1 206 Partial Content\ncontent-length: 1',
  ]) {
    it(`matches: ${JSON.stringify(output)}`, () => expect(shows(output, SHOWN)).to.equal(true));
  }

  for (const output of [
    '',
    'HTTP/1.1 200 OK\ncontent-length: 100\n',
    'content-length: 100\nHTTP/1.1 206 Partial Content\n',
    'HTTP/1.1 206 Partial Content\n',
    'HTTP/1.1 206 Partial Contents\ncontent-length: 100\n',
    'HTTP/1.1 206 Partial Content\ncontent-length: none\n',
  ]) {
    it(`differs: ${JSON.stringify(output)}`, () => expect(shows(output, SHOWN)).to.equal(false));
  }

  it('belongs to the command above it', () => {
    expect(commandsOf('$ a -b   # why\n1\n2\n$ c\n')).to.deep.equal([
      { command: 'a -b   # why', shown: ['1', '2'] },
      { command: 'c', shown: [] },
    ]);
  });
});

describe('Blocks that are pasted into a shell', () => {
  it('see the variables of earlier blocks, and report what has failed in each', async () => {
    const folder = await createTemporaryFolder();
    const blocks = ['a=1\nfalse | cat\nif false; then echo; fi', 'echo $a$B'];
    const pasted = await pasteInto(folder.path, blocks, { B: '2' });
    await folder.remove();
    expect(pasted.map(({ output }) => output)).to.deep.equal(['', '12\n']);
    expect(pasted.map(({ failed }) => failed.length)).to.deep.equal([1, 0]);
  });
});
