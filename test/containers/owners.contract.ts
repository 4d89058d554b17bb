import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openWorkDirectory, type WorkDirectory } from '../../containers/worker/work-directory.ts';
import { OWNER_COMMANDS, type OwnersServices } from '../support/access/owner-commands.ts';
import { emptyModel, NOBODY, OWNERS } from '../support/access/owner-model.ts';
import { as } from '../support/services/owners.ts';
import { type Services, startServices } from '../support/services/services.ts';
import { turnedClock } from '../support/turned-clock.ts';

/** Longer than a record is cached, in milliseconds. */
const UNTIL_EXPIRED = 1_001;

/** Three owners and somebody without credentials do what they like; a model tells what each of them must be answered. */
export function describeOwners({ runs, commands }: { runs: number; commands: number }): void {
  describe('Three owners, whatever they do', function () {
    // Two seconds for a run of a hundred commands on a busy machine, four times over.
    this.timeout(60_000 + runs * 8_000);
    const clock = turnedClock();
    let services: Services;
    let folder: string;
    let directory: WorkDirectory;
    let run = 0;
    before(async () => {
      services = await startServices({ owners: true, clock });
      folder = await mkdtemp(join(tmpdir(), 'owners-'));
      directory = await openWorkDirectory(folder);
    });
    after(async () => {
      await services.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const setup = async () => {
      run += 1;
      const names = Array.from({ length: OWNERS }, (_, index) => `owner ${index} of run ${run}`);
      const headers = await Promise.all(names.map((name) => as(name)));
      const real: OwnersServices = {
        ...{ services, directory, names },
        headersOf: (who) => (who === NOBODY ? {} : { ...headers[who] }),
        expireCaches: () => clock.turn(UNTIL_EXPIRED),
      };
      return { model: emptyModel(), real };
    };

    it('neither see, change, list nor count what is not theirs', async () => {
      const sequences = fc.commands(OWNER_COMMANDS, { maxCommands: commands, size: 'max' });
      const property = fc.asyncProperty(sequences, (sequence) => fc.asyncModelRun(setup, sequence));
      await fc.assert(property, { numRuns: runs, endOnFailure: false });
    });
  });
}
