import { expect } from 'chai';
import { type ImageProcessPool, openImageProcessPool } from '../../../containers/worker/image-processes/pool.ts';
import { hostileMetadataFiles } from '../../support/images/hostile-metadata.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { give, type ImageJobs, prepareImageJobs } from '../../support/worker/image-jobs.ts';
import { request } from '../../support/worker/worker-bench.ts';

const MiB = 1024 ** 2;

/** The test asserts that these end at all: they do not with readers that are quadratic or trust a count. */
describe('images with hostile metadata', function () {
  this.timeout(120_000);
  let folder: TemporaryFolder;
  let jobs: ImageJobs;
  let processes: ImageProcessPool;

  before(async () => {
    folder = await createTemporaryFolder();
    jobs = await prepareImageJobs(folder.path);
    processes = openImageProcessPool({ processes: 1, memoryBytes: 768 * MiB, timeoutSeconds: 20 });
  });
  after(async () => {
    await processes?.stop();
    await folder?.remove();
  });

  it('become renditions like other images, whether metadata are kept or not', async () => {
    for (const [name, bytes] of Object.entries(await hostileMetadataFiles())) {
      const requests = ['strip', 'keep'].flatMap((metadata) =>
        ['jpeg', 'webp'].map((format) => request(`${metadata}-${format}`, [], { format, metadata })),
      );
      const { events, ending } = give(processes, { ...(await jobs.make(bytes)), requests });
      expect(await ending, name).to.equal('done');
      const ends = events.filter(({ kind }) => kind === 'rendered' || kind === 'failed').map(({ kind }) => kind);
      expect(ends, name).to.deep.equal(Array(4).fill('rendered'));
    }
  });
});
