import type { Finding } from '../../scripts/doctor/finding.ts';
import {
  resourcesOf,
  type Stack,
  type SynthesisedEnvironment,
} from '../../scripts/target-stack/synthesised-environment.ts';
import { eventually } from '../support/eventually.ts';

/** Runs the commands in the remedies of findings. */
export async function follow({ aws }: SynthesisedEnvironment, findings: Finding[]): Promise<void> {
  for (const { remedy } of findings.filter(({ outcome }) => outcome !== 'well')) {
    const [, service = '', command = '', ...options] = remedy?.replace(/^[^:]*: (?=aws )/, '').split(' ') ?? [];
    await aws()(service, command, ...options);
  }
}

const namesIn = ({ bootstrap }: SynthesisedEnvironment, type: string, field = 'name'): string[] =>
  resourcesOf(bootstrap?.stack as Stack, type).map((values) => values[field]);

/** Creates the resources of the bootstrap, with minimal properties. */
export async function makeBootstrap(site: SynthesisedEnvironment): Promise<void> {
  const ask = site.aws();
  for (const name of namesIn(site, 'aws_s3_bucket', 'bucket')) await ask('s3api', 'create-bucket', '--bucket', name);
  for (const name of namesIn(site, 'aws_ecr_repository'))
    await ask('ecr', 'create-repository', '--repository-name', name);
  const trust = ['--assume-role-policy-document', '{"Version": "2012-10-17", "Statement": []}'];
  for (const name of namesIn(site, 'aws_iam_role')) await ask('iam', 'create-role', '--role-name', name, ...trust);
  const statement = { Effect: 'Allow', Action: '*', Resource: '*' };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  for (const name of namesIn(site, 'aws_iam_policy'))
    await ask('iam', 'create-policy', '--policy-name', name, '--policy-document', policy);
}

/** Creates the buckets and the table of the storage stack, with minimal properties. */
export async function makeStorage({ aws, storage }: SynthesisedEnvironment): Promise<void> {
  const ask = aws();
  for (const { bucket } of resourcesOf(storage, 'aws_s3_bucket'))
    await ask('s3api', 'create-bucket', '--bucket', bucket);
  const key = ['--attribute-definitions', 'AttributeName=pk,AttributeType=S'];
  const rest = [...key, '--key-schema', 'AttributeName=pk,KeyType=HASH', '--billing-mode', 'PAY_PER_REQUEST'];
  for (const { name } of resourcesOf(storage, 'aws_dynamodb_table'))
    await ask('dynamodb', 'create-table', '--table-name', name, ...rest);
}

/** Requests a certificate for the load balancer, and puts it into the stack. Returns a function that waits until it is issued. */
export async function requestCertificate({ aws, platform }: SynthesisedEnvironment): Promise<() => Promise<unknown>> {
  const asked = ['--domain-name', 'images.staging.acme.dev', '--validation-method', 'DNS'];
  const { CertificateArn } = await aws()('acm', 'request-certificate', ...asked);
  for (const listener of resourcesOf(platform, 'aws_lb_listener'))
    if (listener.certificate_arn) listener.certificate_arn = CertificateArn;
  const named = ['--certificate-arn', CertificateArn];
  const isIssued = async () => (await aws()('acm', 'describe-certificate', ...named)).Certificate.Status === 'ISSUED';
  // moto issues the certificate after a minute, without a DNS record.
  return () => eventually('the validation', isIssued, 120_000);
}

/** Pushes an image to each repository, and puts its digest into a parameter. */
export async function pushImages(site: SynthesisedEnvironment): Promise<void> {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  for (const name of namesIn(site, 'aws_ecr_repository')) {
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config: { digest: name } });
    const image = ['--repository-name', name, '--image-tag', 'a', '--image-manifest', manifest];
    const pushed = await site.aws()('ecr', 'put-image', ...image);
    const parameter = ['--name', `/image-service/${site.environment}/images/${name.split('/').at(-1)}`];
    const value = ['--value', pushed.image.imageId.imageDigest, '--type', 'String'];
    await site.aws()('ssm', 'put-parameter', '--overwrite', ...parameter, ...value);
  }
}

/** Creates any distribution. */
export async function distribute({ aws }: SynthesisedEnvironment): Promise<void> {
  const ports = { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' };
  const origin = { Id: 'one', DomainName: 'acme.dev', CustomOriginConfig: ports };
  const behaviour = { TargetOriginId: 'one', ViewerProtocolPolicy: 'https-only', CachePolicyId: 'one' };
  const facts = { CallerReference: 'a', Comment: '', Enabled: true };
  const config = { ...facts, Origins: { Quantity: 1, Items: [origin] }, DefaultCacheBehavior: behaviour };
  await aws()('cloudfront', 'create-distribution', '--distribution-config', JSON.stringify(config));
}
