import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const DROPPING_LOG = fileURLToPath(new URL('../../../scripts/local/dropping-log.ts', import.meta.url));

/** Writes lines of 1 KiB in two logs by turns, says on its other output when it has, and once more on a signal. */
const PROGRAM = `
  const { openDroppingLog, waitUntilFlushed } = await import(${JSON.stringify(DROPPING_LOG)});
  const openSink = openDroppingLog(process.stdout);
  const sinks = [openSink(), openSink()];
  const write = (text) => sinks[0].write(text.padEnd(1023, '.') + '\\n');
  for (let line = 0; line < 4096; line += 1) sinks[line % 2].write(String(line).padEnd(1023, '.') + '\\n');
  sinks[1].end();
  process.on('SIGUSR2', async () => { write('later'); await waitUntilFlushed(process.stdout, 10_000); process.exit(7); });
  setInterval(() => {}, 1000);
  process.stderr.write('written');
`;

describe('a log whose reader does not read', () => {
  it('blocks no writer, and says how many lines were dropped once it is read', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], { stdio: 'pipe' });
    try {
      await once(child.stderr, 'data');
      let read = '';
      const caughtUp = new Promise<void>((resolve) =>
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          read += text;
          if (read.endsWith('nobody read them.\n')) resolve();
        }),
      );
      await caughtUp;
      child.kill('SIGUSR2');
      const [[status]] = await Promise.all([once(child, 'exit'), once(child.stdout, 'end')]);
      const lines = read.trimEnd().split('\n');
      const kept = lines.slice(0, -2).map(Number.parseFloat);
      expect(kept).to.deep.equal(Array.from(kept, (_, line) => line));
      expect(kept.length).to.be.within(1024, 4095);
      expect(lines.at(-2)).to.equal(`${4096 - kept.length} lines of the log were dropped: nobody read them.`);
      expect(lines.at(-1)).to.match(/^later\.+$/);
      expect(status).to.equal(7);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
