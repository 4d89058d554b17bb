import { once } from 'node:events';
import { expect } from 'chai';
import { downloadsOf } from '../../support/downloads.ts';
import { eventually } from '../../support/eventually.ts';
import { paddedTo, photograph } from '../../support/photographs.ts';
import { CAN_SEE_PROCESSES, openFilesOf } from '../../support/processes.ts';
import { type Services, startServices } from '../../support/services.ts';
import { openSlowReader } from '../../support/slow-readers.ts';

const LENGTH = 20 * 1024 * 1024;
const bytes = Buffer.concat([...paddedTo(await photograph('jpeg'), LENGTH)]);

const STALLED_MS = 400;

/** Bytes that are taken between two rests. */
const STEP = 2 * 1024 * 1024;

describe('A reader that stalls', () => {
  let services: Services;
  let path: string;
  const openObjects = () => Object.values(openFilesOf(process.pid)).filter((file) => file.includes('/originals/'));

  before(async function () {
    if (!CAN_SEE_PROCESSES) return this.skip();
    services = await startServices({ stalledMs: STALLED_MS });
    path = (await downloadsOf(services).upload(bytes)).links.original;
  });
  after(() => services?.stop());

  it('is cut off, and its object closed, when it has taken nothing for so long', async () => {
    const reader = await openSlowReader(services.download, path);
    expect(openObjects()).to.have.length(1);
    await eventually('its object is closed', () => openObjects().length === 0, STALLED_MS + 3000);
    const closed = once(reader, 'close');
    reader.resume();
    await closed;
    expect(reader.bytesRead).to.be.below(LENGTH);
  });

  it('is not cut off when it takes something now and then', async () => {
    const reader = await openSlowReader(services.download, path);
    let rests = 0;
    let taken = 0;
    reader.on('data', (chunk: Buffer) => {
      taken += chunk.length;
      if (taken < (rests + 1) * STEP) return;
      rests += 1;
      reader.pause();
      setTimeout(() => reader.resume(), STALLED_MS / 2);
    });
    reader.resume();
    await eventually('all of it comes', () => reader.bytesRead > LENGTH || reader.destroyed);
    expect(reader.bytesRead).to.be.above(LENGTH);
    expect(rests, 'rests, together longer than the time').to.be.above(4);
    reader.destroy();
  });
});
