import { once } from 'node:events';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { openSlowReader } from '../../support/http/slow-readers.ts';
import { paddedTo, photograph } from '../../support/images/photographs.ts';
import { CAN_SEE_PROCESSES, openFilesOf } from '../../support/processes.ts';
import { downloadsOf } from '../../support/services/downloads.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const LENGTH = 20 * 1024 * 1024;
const bytes = Buffer.concat([...paddedTo(await photograph('jpeg'), LENGTH)]);

/** The bytes that are read between two pauses. */
const STEP = 2 * 1024 * 1024;

/** Milliseconds of one pause, and after how many without a byte a client is disconnected: nine pauses are longer. */
const REST_MS = 300;
const STALLED_MS = 2_000;

describe('A client that stops reading', () => {
  let services: Services;
  let path: string;
  afterEach(() => services?.stop());
  const start = async (stalledMs: number) => {
    services = await startServices({ stalledMs });
    path = (await downloadsOf(services).upload(bytes)).links.original;
  };
  const openObjects = () => Object.values(openFilesOf(process.pid)).filter((file) => file.includes('/originals/'));

  before(function () {
    if (!CAN_SEE_PROCESSES) this.skip();
  });

  it('is disconnected, and its object closed, when it has read nothing for stalledMs', async () => {
    await start(400);
    const reader = await openSlowReader(services.download, path);
    expect(openObjects()).to.have.length(1);
    await eventually('its object is closed', () => openObjects().length === 0);
    const closed = once(reader, 'close');
    reader.resume();
    await closed;
    expect(reader.bytesRead).to.be.below(LENGTH);
  });

  it('is not disconnected if it reads now and then', async () => {
    await start(STALLED_MS);
    const reader = await openSlowReader(services.download, path);
    let rests = 0;
    let taken = 0;
    reader.on('data', (chunk: Buffer) => {
      taken += chunk.length;
      if (taken < (rests + 1) * STEP) return;
      rests += 1;
      reader.pause();
      setTimeout(() => reader.resume(), REST_MS);
    });
    reader.resume();
    await eventually('all of it comes', () => reader.bytesRead > LENGTH || reader.destroyed);
    expect(reader.bytesRead).to.be.above(LENGTH);
    expect(rests * REST_MS, 'rests, together longer than the time').to.be.above(STALLED_MS);
    reader.destroy();
  });
});
