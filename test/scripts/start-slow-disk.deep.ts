import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { skipWithoutInjector } from '../support/faults/injector.ts';
import { openStage, type Stage } from '../support/faults/stage.ts';

/** Longer than a service and then an emulator has if both are killed after four seconds, as they once were. */
const SLOW_MS = 10_000;

describe('npm start that is stopped on a slow disk', function () {
  this.timeout(180_000);
  let stage: Stage;
  before(async function () {
    skipWithoutInjector(this, 'a slow disk is');
    stage = await openStage();
  });
  beforeEach(async () => {
    await stage.start();
    await stage.setScene();
  });
  after(() => stage?.close());

  // Databases that are left with a log are whole, but a copy of the file alone, or half of it, then says something else than one thinks.
  for (const [process, file] of [
    ['dynamodb', 'dynamodb/table.db'],
    ['sqs', 'sqs/'],
  ] as const) {
    it(`lets ${process} write its log into its database before it ends`, async () => {
      const { injector } = stage;
      injector.inject({ operations: ['sync'], effect: 'hold', path: file });
      const stopped = stage.stop('SIGTERM');
      await eventually('the database is synced', () => injector.hits() > 0);
      await sleep(SLOW_MS);
      injector.lift();
      await stopped;
      const files = await readdir(join(stage.data, process));
      expect(files.filter((name) => name.endsWith('.db'))).to.have.length(1);
      expect(files.filter((name) => /-(wal|shm|journal)$/.test(name))).to.deep.equal([]);
    });
  }
});
