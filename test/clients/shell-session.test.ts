import { expect } from 'chai';
import { createTemporaryFolder } from '../support/storage/temporary-folder.ts';
import { commandsOf, pasteInto, shows } from './shell-session.ts';

const SHOWN = ['HTTP/1.1 206 Partial Content', 'content-length: 100', '…'];

describe('An output, compared with what is shown of it,', () => {
  for (const output of [
    'HTTP/1.1 206 Partial Content\r\nvary: accept\r\ncontent-length: 4711\r\n\r\n',
    'HTTP/1.1 206 Partial Content\ncontent-length: 1',
  ]) {
    it(`is the same: ${JSON.stringify(output)}`, () => expect(shows(output, SHOWN)).to.equal(true));
  }

  for (const output of [
    '',
    'HTTP/1.1 200 OK\ncontent-length: 100\n',
    'content-length: 100\nHTTP/1.1 206 Partial Content\n',
    'HTTP/1.1 206 Partial Content\n',
    'HTTP/1.1 206 Partial Contents\ncontent-length: 100\n',
    'HTTP/1.1 206 Partial Content\ncontent-length: none\n',
  ]) {
    it(`is another: ${JSON.stringify(output)}`, () => expect(shows(output, SHOWN)).to.equal(false));
  }

  it('belongs to the command that stands over it', () => {
    expect(commandsOf('$ a -b   # why\n1\n2\n$ c\n')).to.deep.equal([
      { command: 'a -b   # why', shown: ['1', '2'] },
      { command: 'c', shown: [] },
    ]);
  });
});

describe('Blocks that are pasted into a shell', () => {
  it('know what those before them have set, and tell what has failed in each', async () => {
    const folder = await createTemporaryFolder();
    const blocks = ['a=1\nfalse | cat\nif false; then echo; fi', 'echo $a$B'];
    const pasted = await pasteInto(folder.path, blocks, { B: '2' });
    await folder.remove();
    expect(pasted.map(({ output }) => output)).to.deep.equal(['', '12\n']);
    expect(pasted.map(({ failed }) => failed.length)).to.deep.equal([1, 0]);
  });
});
