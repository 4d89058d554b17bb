import { expect } from 'chai';
import { namesOf } from '../../../shared/contracts/names.ts';
import { prod } from '../../../stacks/environments/prod.ts';
import { all, DEPLOYMENT, only } from '../../support/stacks/entrance.ts';
import {
  bucketNames,
  ofBucket,
  type StorageChanges,
  statementsOf,
  storage,
  storageStack,
} from '../../support/stacks/storage.ts';

const NAMES = namesOf(DEPLOYMENT);

describe('the buckets of the storage stack', () => {
  const synthesised = storage();

  it('are one for images and one for logs', () => {
    expect(bucketNames(synthesised)).to.have.members([NAMES.bucket, NAMES.logBucket]);
  });

  for (const name of [NAMES.bucket, NAMES.logBucket]) {
    it(`allow access only to AWS services: ${name}`, () => {
      const allowed = statementsOf(ofBucket(synthesised, 's3_bucket_policy', name)).filter(
        ({ Effect }) => Effect === 'Allow',
      );
      expect(allowed.every(({ Principal }) => Object.keys(Principal).join() === 'Service')).to.equal(true);
    });
  }

  it('can be destroyed with their content only if the environment is disposable', () => {
    expect(all(synthesised, 's3_bucket').map(({ force_destroy }) => force_destroy)).to.deep.equal([false, false]);
    expect(all(storage({ disposable: true }), 's3_bucket').every(({ force_destroy }) => force_destroy)).to.equal(true);
  });
});

describe('CORS of the image bucket', () => {
  it('is off without corsOrigins', () => {
    expect(all(storageStack({ api: { ...prod.api, corsOrigins: [] } }), 's3_bucket_cors_configuration')).to.deep.equal(
      [],
    );
  });
});

describe('access logs', () => {
  const quiet: StorageChanges = {
    storage: { accessLogs: false },
    loadBalancer: { ...prod.loadBalancer, accessLogs: false },
    cdn: { ...prod.cdn, accessLogs: false },
  };
  const writersOf = (changes: StorageChanges) => {
    const synthesised = storageStack({ ...quiet, ...changes });
    const policy = ofBucket(synthesised, 's3_bucket_policy', NAMES.logBucket);
    return statementsOf(policy)
      .filter(({ Effect }) => Effect === 'Allow')
      .map(({ Principal }) => Principal.Service);
  };

  it('have no bucket if all of them are off', () => {
    expect(bucketNames(storageStack(quiet))).to.deep.equal([NAMES.bucket]);
  });

  it('are written from the image bucket to the log bucket, after that accepts them', () => {
    const logging = only(storage(), 's3_bucket_logging');
    expect(logging.target_bucket).to.equal(`\${aws_s3_bucket.log-bucket.id}`);
    expect(logging.depends_on).to.deep.equal(['aws_s3_bucket_policy.log-bucket-policy']);
    expect(all(storageStack(quiet), 's3_bucket_logging')).to.deep.equal([]);
  });

  it('are written only by the services that the settings name', () => {
    expect(writersOf({ storage: { accessLogs: true } })).to.deep.equal(['logging.s3.amazonaws.com']);
    expect(writersOf({ loadBalancer: { ...prod.loadBalancer, accessLogs: true } })).to.deep.equal([
      'logdelivery.elasticloadbalancing.amazonaws.com',
    ]);
  });
});
