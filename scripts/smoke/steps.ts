import { ROUTES } from '../../shared/contracts/api/routes.ts';
import { deleteImages, seeThemGone } from './deleting.ts';
import { compareRenditions, downloadOriginal, openByLink } from './downloading.ts';
import { expectStatus, jsonOf, Unexpected } from './expectations.ts';
import { type Run, theParts, theWhole, type Uploaded, waitFor } from './run.ts';
import { uploadInParts, uploadWhole, waitForRenditions } from './uploading.ts';

/** A step of the smoke test. */
export interface Step {
  says: string;
  /** Where to look if it fails. */
  suspects: string;
  /** Why it does not run; undefined where it does. */
  skipped?(run: Run): string | undefined;
  run(run: Run): Promise<void>;
}

/** A deployment may have left a task of the last version behind, which answers every second request. */
const ANSWERS = 3;

async function answers(run: Run): Promise<void> {
  const { api, bytes, hasCdn, revision } = run;
  let last = 'none';
  const found = waitFor(run, `the API answers${revision ? ` with revision ${revision}` : ''}`, async () => {
    for (let count = 0; count < ANSWERS; count += 1) {
      const answer = await api.ask('GET', ROUTES.getLimits.path);
      last = `of the status ${answer.status}`;
      if (answer.status !== 200) return undefined;
      const { service } = jsonOf<{ service?: { revision?: string | null } }>('/v1/limits', answer);
      last = `of revision ${service?.revision ?? 'unknown'}`;
      if (revision && service?.revision !== revision) return undefined;
    }
    return true;
  });
  await found.catch((error: unknown) => {
    throw error instanceof Unexpected ? new Unexpected(`${error.message} The last answer was ${last}`) : error;
  });
  if (hasCdn) expectStatus('/v1/limits at the CDN', await bytes.ask('GET', ROUTES.getLimits.path), 200);
}

async function waitForAll(run: Run): Promise<void> {
  const both: Uploaded[] = [theWhole(run), theParts(run)];
  for (const uploaded of both) uploaded.image = await waitForRenditions(run, uploaded.image);
}

async function compareAll(run: Run): Promise<void> {
  for (const uploaded of [theWhole(run), theParts(run)]) await compareRenditions(run, uploaded);
}

const CDN = 'the CDN where there is one';

/** The steps in their order. What was uploaded is deleted by the last ones, or by the clean-up if one before them fails. */
export const STEPS: readonly Step[] = [
  {
    says: 'the API answers, in the expected version',
    suspects: 'download, which answers /v1/limits, the load balancer, and the DNS record of its name',
    run: answers,
  },
  { says: 'a photograph is uploaded in one request', suspects: 'sync-upload', run: uploadWhole },
  { says: 'a private picture is uploaded in two parts', suspects: 'async-upload', run: uploadInParts },
  {
    says: 'renditions of both are made',
    suspects: 'worker: its log, its instances, and the queue',
    run: waitForAll,
  },
  {
    says: 'the original comes back byte for byte, by conditions and in ranges',
    suspects: `download, and ${CDN}`,
    run: downloadOriginal,
  },
  {
    says: 'the renditions show what was requested',
    suspects: `worker, whose pictures are wrong, or download and ${CDN} where they do not come`,
    run: compareAll,
  },
  {
    says: 'a private picture is closed to strangers and opens by a signed link',
    suspects: `download, its secrets, and ${CDN}`,
    skipped: ({ hasKey }) => (hasKey ? undefined : 'there is no API key, so nobody is a stranger'),
    run: openByLink,
  },
  {
    says: 'both are deleted, and the API says so',
    suspects: 'sync-upload, which deletes, and download',
    run: deleteImages,
  },
  {
    says: 'the deleted one is gone where it was downloaded',
    suspects: `download, and the invalidations of ${CDN}`,
    run: seeThemGone,
  },
];
