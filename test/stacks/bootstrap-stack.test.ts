import { expect } from 'chai';
import type { Workflow } from '../../shared/contracts/names.ts';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import type { AccountSettings } from '../../stacks/environments/settings.ts';
import {
  ACCOUNT,
  ACCOUNT_NAMES,
  bootstrap,
  STATE_BUCKET,
  trustOf,
  WORKFLOWS,
  workflowStatements,
} from '../support/stacks/bootstrap.ts';
import { type Arguments, all, only } from '../support/stacks/entrance.ts';
import { allows } from '../support/stacks/policies.ts';

describe('the state bucket', () => {
  const synthesised = bootstrap();
  const of = (type: string, id: string): Arguments => synthesised.resource[`aws_${type}`]?.[id] ?? {};
  const statementsOf = (bucket: string): Arguments[] =>
    JSON.parse(of('s3_bucket_policy', `${bucket}-policy`).policy).Statement;

  it('is versioned, and cannot be destroyed with states in it', () => {
    expect(of('s3_bucket', 'state-bucket')).to.include({ bucket: ACCOUNT_NAMES.stateBucket, force_destroy: false });
    expect(only(synthesised, 's3_bucket_versioning').versioning_configuration.status).to.equal('Enabled');
  });

  it('has an access log, which only S3 may write, and only for this bucket', () => {
    expect(of('s3_bucket', 'state-log-bucket')).to.include({
      bucket: ACCOUNT_NAMES.stateLogBucket,
      force_destroy: true,
    });
    expect(only(synthesised, 's3_bucket_logging')).to.include({ target_bucket: ACCOUNT_NAMES.stateLogBucket });
    const writers = statementsOf('state-log-bucket').filter(({ Effect }) => Effect === 'Allow');
    expect(writers).to.have.length(1);
    expect(writers[0]).to.deep.include({ Principal: { Service: 'logging.s3.amazonaws.com' }, Action: 's3:PutObject' });
    expect(writers[0]?.Condition.ArnEquals).to.deep.equal({ 'aws:SourceArn': STATE_BUCKET });
    expect(statementsOf('state-bucket').filter(({ Effect }) => Effect === 'Allow')).to.deep.equal([]);
  });

  const backendOf = (changes: Partial<AccountSettings>) =>
    (bootstrap(changes) as unknown as { terraform: { backend?: Record<string, Arguments> } }).terraform.backend ?? {};

  it('holds the bootstrap’s own state after it has been moved there', () => {
    expect(backendOf({ stateInBucket: false })).to.not.have.property('s3');
    const { s3 } = backendOf({ stateInBucket: true });
    expect(s3).to.include({ bucket: ACCOUNT_NAMES.stateBucket, encrypt: true, use_lockfile: true });
  });

  it('does not hold the bootstrap’s state before that, which is a file with the same path in every checkout', () => {
    expect(backendOf({ stateInBucket: false }).local?.path).to.equal('../../../terraform.bootstrap.tfstate');
  });

  it('hides the bootstrap’s state from every workflow', () => {
    const key = backendOf({ stateInBucket: true }).s3?.key;
    for (const workflow of WORKFLOWS) {
      expect(allows(workflowStatements(synthesised, workflow), 's3:GetObject', `${STATE_BUCKET}/${key}`)).to.equal(
        false,
      );
    }
  });
});

describe('a stack', () => {
  it('refuses Terraform versions without lock files beside states', () => {
    const { terraform } = bootstrap() as unknown as { terraform: Arguments };
    expect(terraform.required_version).to.equal('>= 1.10.0');
  });
});

describe('container repositories', () => {
  const synthesised = bootstrap();

  it('exist for each service, with a scan of every image', () => {
    const repositories = all(synthesised, 'ecr_repository');
    expect(repositories.map(({ name }) => name)).to.have.members(SERVICE_NAMES.map(ACCOUNT_NAMES.repository));
    for (const { image_scanning_configuration } of repositories)
      expect(image_scanning_configuration.scan_on_push).to.equal(true);
  });

  it('keep enough images for a rollback, but not all', () => {
    const policies = all(synthesised, 'ecr_lifecycle_policy');
    expect(policies).to.have.length(SERVICE_NAMES.length);
    for (const { policy } of policies) {
      const { rules } = JSON.parse(policy) as { rules: Arguments[] };
      const tagged = rules.find(({ selection }) => selection.tagStatus === 'tagged')?.selection;
      expect(tagged.countType).to.equal('imageCountMoreThan');
      expect(tagged.countNumber).to.be.at.least(20);
      expect(rules.map(({ rulePriority }) => rulePriority)).to.deep.equal([1, 2]);
    }
  });
});

describe('trust in GitHub', () => {
  const subjectsOf = (workflow: Workflow, github = ACCOUNT.github): string[] =>
    trustOf(bootstrap({ github }), workflow).Condition.StringEquals['token.actions.githubusercontent.com:sub'];

  it('creates the OIDC provider, or looks up an existing one', () => {
    expect(only(bootstrap(), 'iam_openid_connect_provider').client_id_list).to.deep.equal(['sts.amazonaws.com']);
    const found = bootstrap({ hasOidcProvider: true });
    expect(all(found, 'iam_openid_connect_provider')).to.deep.equal([]);
    expect(trustOf(found, 'plan').Principal.Federated).to.match(/^\$\{data\.aws_iam_openid_connect_provider\./);
  });

  it('names subjects with and without ids', () => {
    expect(subjectsOf('apply-dev')).to.deep.equal([
      'repo:ada/images:environment:dev',
      'repo:ada@17/images@23:environment:dev',
    ]);
    expect(subjectsOf('deploy-prod', { owner: 'ada', repository: 'images' })).to.deep.equal([
      'repo:ada/images:environment:prod',
    ]);
  });

  it('refuses the example repository and example addresses in a real account', () => {
    const own = { accountId: '222233334444', alarmEmails: ['team@pictures.org'] };
    const github = { ...ACCOUNT.github, owner: 'example' };
    expect(() => bootstrap({ ...own, github })).to.throw(/github\.owner is still "example"\. Put your own/);
    expect(() => bootstrap({ ...own, alarmEmails: ['team@example.com'] })).to.throw(
      /alarmEmails is still "team@example/,
    );
    for (const changes of [own, { github }]) expect(() => bootstrap(changes)).to.not.throw();
  });

  it('lets pull requests only preview, and main only plan', () => {
    const contextsOf = (workflow: Workflow) =>
      new Set(subjectsOf(workflow).map((subject) => subject.split(':').slice(2).join(':')));
    expect(contextsOf('preview')).to.deep.equal(new Set(['pull_request']));
    expect(contextsOf('plan')).to.deep.equal(new Set(['ref:refs/heads/main']));
  });

  it('lets jobs of an environment assume only the roles of that environment', () => {
    for (const workflow of WORKFLOWS.filter((each) => /^(apply|deploy)-/.test(each)))
      for (const subject of subjectsOf(workflow))
        expect(subject.endsWith(`:environment:${workflow.split('-')[1]}`), `${subject} takes ${workflow}`).to.equal(
          true,
        );
    expect(all(bootstrap(), 'iam_role')).to.have.length(WORKFLOWS.length);
  });
});
