import { expect } from 'chai';
import { ENVIRONMENT, type Environment, SERVICE_ENVIRONMENT } from '../../../shared/contracts/environment.ts';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { SERVICE_NAMES } from '../../../shared/contracts/services.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';

type Name = keyof Environment;

const names = Object.keys(ENVIRONMENT) as Name[];
const validate = (name: Name, value: string) =>
  ENVIRONMENT[name].validate(value).error?.details.map(({ type }) => type);

const WITHOUT_DEFAULT: Name[] = [
  'HOST',
  'PORT',
  'AUTHENTICATION',
  'AWS_REGION',
  'IMAGE_TABLE_NAME',
  'PROCESSING_QUEUE_URL',
  'OBJECT_STORE_URL',
];

const PRICES =
  '{"puts":0.000005,"gets":0.0000004,"reads":0.000000125,"writes":0.000000625,"sqs":0.0000004,"cpuSecond":0.00001,"date":"2026-08-01"}';

/** Values as they come from the environment of a process. */
const ACCEPTED: [name: Name, value: string][] = [
  ['PORT', '8081'],
  ['LOG_LEVEL', 'silent'],
  ['IMAGE_SERVICE_VERSION', '10.0.1'],
  ['IMAGE_SERVICE_REVISION', 'a'.repeat(40)],
  ['AUTHENTICATION', 'off'],
  ['AUTHENTICATION', 'on'],
  ['AUTHENTICATION', 'api-keys'],
  ['AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:9000'],
  ['AWS_ENDPOINT_URL_SQS', 'https://sqs.eu-central-1.amazonaws.com'],
  ['IMAGE_TABLE_NAME', 'images-dev.v2_x'],
  ['PROCESSING_QUEUE_URL', 'http://127.0.0.1:1234/000000000000/processing'],
  ['OBJECT_STORE_URL', 's3://images-dev-123456789012'],
  ['OBJECT_STORE_URL', 'file:///var/lib/images'],
  ['AWS_ENDPOINT_URL_CLOUDFRONT', 'http://127.0.0.1:5000'],
  ['CDN_DISTRIBUTION_ID', 'EDFDVBD6EXAMPLE'],
  ['CDN_DISTRIBUTION_ID', ''],
  ['MODERATION', 'public'],
  ['MODERATION_WEBHOOK_URL', 'https://scanner.example.com/images?from=us'],
  ['MODERATION_WEBHOOK_URL', 'http://127.0.0.1:9000/'],
  ['MODERATION_WEBHOOK_URL', 'http://[::1]:9000/'],
  ['MODERATION_WEBHOOK_SECRET', `whsec_${'A'.repeat(32)}`],
  ['MODERATION_WEBHOOK_SECRET', `whsec_${'A'.repeat(43)}=,whsec_${'b'.repeat(86)}==`],
  ['DEFAULT_VISIBILITY', 'public'],
  ['DEFAULT_VISIBILITY', 'private'],
  ['MAX_INPUT_PIXELS', String(LIMITS.inputPixels)],
  ['UPLOAD_TIMEOUT_SECONDS', '4000'],
  ['MAX_INPUT_CHANNELS', '3'],
  ['MAX_INPUT_CHANNELS', String(LIMITS.inputChannels)],
  ['MAX_OUTPUT_PIXELS', String(LIMITS.outputPixels)],
  ['MAX_ANIMATION_PIXELS', String(LIMITS.animationPixels)],
  ['PROCESSING_TIMEOUT_SECONDS', String(QUEUE_TIMING.processingTimeoutSeconds)],
  ['PROCESS_MEMORY_MIB', '128'],
  ['WORKER_PROCESSES', '64'],
  ['WORKER_CONCURRENCY', '64'],
  ['WORK_DIRECTORY', '/var/tmp/work'],
  ['PART_URL_SECRET', 's'.repeat(32)],
  ['LINK_KEYS', `a:${'s'.repeat(32)}`],
  ['LINK_KEYS', `2026-11:${'s'.repeat(256)},b_2:${'aZ09+/=_.~-'.repeat(3)}`],
  ['METRICS', 'emf'],
  ['RECEIPT_PRICES', PRICES],
  ['TRANSFORMATIONS', '{"mode": "presets"}'],
  [
    'TRANSFORMATIONS',
    '{"mode": "listed", "widths": [1, 16383], "formats": ["auto", "webp"], "operations": ["resize"]}',
  ],
  ['SPOT_NOTICE', 'on'],
  ['ECS_AGENT_URI', 'http://169.254.170.2/api/4d2f'],
];

const REFUSED: [name: Name, value: string, code: string][] = [
  ['PORT', '65536', 'number.port'],
  ['PORT', '-1', 'number.port'],
  ['PORT', 'http', 'number.base'],
  ['LOG_LEVEL', 'INFO', 'any.only'],
  ['IMAGE_SERVICE_VERSION', 'v1.0.0', 'string.pattern.name'],
  ['IMAGE_SERVICE_REVISION', 'a'.repeat(12), 'string.pattern.name'],
  ['AUTHENTICATION', 'OFF', 'any.only'],
  ['AUTHENTICATION', 'none', 'any.only'],
  ['AWS_ENDPOINT_URL_DYNAMODB', 'localhost:8000', 'string.uriCustomScheme'],
  ['AWS_ENDPOINT_URL_S3', 'ftp://store', 'string.uriCustomScheme'],
  ['IMAGE_TABLE_NAME', 'im', 'string.pattern.name'],
  ['IMAGE_TABLE_NAME', 'arn:aws:dynamodb:x', 'string.pattern.name'],
  ['PROCESSING_QUEUE_URL', 'processing', 'string.uri'],
  ['OBJECT_STORE_URL', '/var/lib/images', 'string.pattern.name'],
  ['OBJECT_STORE_URL', 'file://images', 'string.pattern.name'],
  ['OBJECT_STORE_URL', 's3://images/prefix', 'string.pattern.name'],
  ['OBJECT_STORE_URL', 's3://Images', 'string.pattern.name'],
  ['OBJECT_STORE_URL', 'https://images.s3.amazonaws.com', 'string.pattern.name'],
  ['AWS_ENDPOINT_URL_CLOUDFRONT', 'cloudfront.amazonaws.com', 'string.uriCustomScheme'],
  ['CDN_DISTRIBUTION_ID', 'd111111abcdef8.cloudfront.net', 'string.pattern.name'],
  ['MAX_INPUT_PIXELS', '0', 'number.min'],
  ['MAX_INPUT_PIXELS', String(LIMITS.inputPixels + 1), 'number.max'],
  ['UPLOAD_TIMEOUT_SECONDS', '4001', 'number.max'],
  ['UPLOAD_TIMEOUT_SECONDS', '0.5', 'number.integer'],
  ['MAX_INPUT_CHANNELS', '2', 'number.min'],
  ['MAX_INPUT_CHANNELS', String(LIMITS.inputChannels + 1), 'number.max'],
  ['MAX_OUTPUT_PIXELS', '0', 'number.min'],
  ['MAX_OUTPUT_PIXELS', String(LIMITS.outputPixels + 1), 'number.max'],
  ['MAX_ANIMATION_PIXELS', '0', 'number.min'],
  ['MAX_ANIMATION_PIXELS', String(LIMITS.animationPixels + 1), 'number.max'],
  ['PROCESSING_TIMEOUT_SECONDS', '0', 'number.min'],
  ['PROCESSING_TIMEOUT_SECONDS', String(QUEUE_TIMING.processingTimeoutSeconds + 1), 'number.max'],
  ['PROCESS_MEMORY_MIB', '127', 'number.min'],
  ['PROCESS_MEMORY_MIB', '1.5 GiB', 'number.base'],
  ['WORKER_PROCESSES', '0', 'number.min'],
  ['WORKER_PROCESSES', '65', 'number.max'],
  ['WORK_DIRECTORY', '', 'string.empty'],
  ['PART_URL_SECRET', 's'.repeat(31), 'string.min'],
  ['LINK_KEYS', 's'.repeat(32), 'string.pattern.base'],
  ['LINK_KEYS', `a:${'s'.repeat(31)}`, 'string.pattern.base'],
  ['LINK_KEYS', `a:${'s'.repeat(257)}`, 'string.pattern.base'],
  ['LINK_KEYS', `:${'s'.repeat(32)}`, 'string.pattern.base'],
  ['LINK_KEYS', `a b:${'s'.repeat(32)}`, 'string.pattern.base'],
  ['LINK_KEYS', `a:${'s'.repeat(32)},`, 'string.pattern.base'],
  ['LINK_KEYS', `a:${'s'.repeat(32)},a:${'t'.repeat(32)}`, 'string.pattern.base'],
  ['OWNER_LIMITS', 'none', 'custom'],
  ['OWNER_LIMITS', '{"imagesPerDay":1}', 'custom'],
  ['OWNER_LIMITS', '{"images":0}', 'custom'],
  ['OWNER_LIMITS', '{"openUploads":null}', 'custom'],
  ['OWNER_LIMITS', `{"openUploads":${LIMITS.openUploads + 1}}`, 'custom'],
  ['TRUSTED_PROXIES', '3', 'number.max'],
  ['CDN_SECRETS', 'too short', 'string.pattern.base'],
  ['WORKER_CONCURRENCY', '0', 'number.min'],
  ['WORKER_CONCURRENCY', '65', 'number.max'],
  ['DEFAULT_VISIBILITY', 'everybody', 'any.only'],
  ['MODERATION', 'on', 'any.only'],
  ['MODERATION_WEBHOOK_URL', 'scanner.example.com', 'string.uriCustomScheme'],
  ['MODERATION_WEBHOOK_URL', 'http://scanner.example.com/', 'string.uri'],
  ['MODERATION_WEBHOOK_URL', 'ftp://127.0.0.1/', 'string.uriCustomScheme'],
  ['MODERATION_WEBHOOK_URL', 'https://user:secret@scanner.example.com/', 'string.uri'],
  ['MODERATION_WEBHOOK_SECRET', 'A'.repeat(32), 'string.pattern.base'],
  ['MODERATION_WEBHOOK_SECRET', `whsec_${'A'.repeat(31)}`, 'string.pattern.base'],
  ['METRICS', 'EMF', 'any.only'],
  ['RECEIPT_PRICES', '0.000005', 'custom'],
  ['RECEIPT_PRICES', 'none', 'custom'],
  ['RECEIPT_PRICES', PRICES.replace('"sqs":', '"sns":'), 'custom'],
  ['RECEIPT_PRICES', PRICES.replace('2026-08-01', 'August'), 'custom'],
  ['RECEIPT_PRICES', PRICES.replace('0.00001', '-1'), 'custom'],
  ['TRANSFORMATIONS', 'presets', 'custom'],
  ['TRANSFORMATIONS', '{"mode": "presets", "widths": [100]}', 'custom'],
  ['TRANSFORMATIONS', '{"mode": "listed", "widths": []}', 'custom'],
  ['TRANSFORMATIONS', '{"mode": "listed", "widths": ["wide"]}', 'custom'],
  ['TRANSFORMATIONS', '{"mode": "listed", "formats": ["bmp"]}', 'custom'],
  ['TRANSFORMATIONS', '{"mode": "listed", "operations": ["enlarge"]}', 'custom'],
  ['SPOT_NOTICE', 'true', 'any.only'],
  ['AWS_EC2_METADATA_SERVICE_ENDPOINT', '169.254.169.254', 'string.uriCustomScheme'],
  ['ECS_AGENT_URI', '/api/4d2f', 'string.uriCustomScheme'],
];

describe('environment', () => {
  for (const name of names) {
    it(`${name} has a description and is used by a service`, () => {
      const { description = '' } = ENVIRONMENT[name].describe().flags as { description?: string };
      expect(description).to.match(/^[A-Z].{10,}\.$/s);
      expect(SERVICE_NAMES.filter((service) => (SERVICE_ENVIRONMENT[service] as readonly Name[]).includes(name))).to.not
        .be.empty;
    });

    it(`${name} is required, has a default, is one of AWS's own settings, is set by an image, is of an account, or depends on another`, () => {
      const { presence, default: fallback } = ENVIRONMENT[name].describe().flags as {
        presence?: string;
        default?: unknown;
      };
      const kinds = [
        presence === 'required',
        fallback !== undefined,
        /^(AWS_ENDPOINT_URL_|ECS_AGENT_URI$|IMAGE_SERVICE_|API_KEYS$|AUDIT_LOG_|JWT_ISSUERS$|LINK_KEYS$|MODERATION_WEBHOOK_|RECEIPT_PRICES$|TRANSFORMATIONS$|OWNER_LIMITS$|CDN_SECRETS$)/.test(
          name,
        ),
      ];
      expect(kinds.filter(Boolean)).to.have.length(1);
    });
  }

  it('has defaults that are valid values', () => {
    const withDefault = names.filter((name) => 'default' in (ENVIRONMENT[name].describe().flags ?? {}));
    expect(withDefault).to.include.members(['LOG_LEVEL', 'WORKER_CONCURRENCY']);
    for (const name of withDefault) {
      const fallback: unknown = ENVIRONMENT[name].validate(undefined).value;
      expect(validate(name, String(fallback)), name).to.equal(undefined);
    }
  });

  for (const service of SERVICE_NAMES) {
    it(`of ${service} lists only known names, each once`, () => {
      const listed: readonly Name[] = SERVICE_ENVIRONMENT[service];
      expect(names).to.include.members([...listed]);
      expect(new Set(listed).size).to.equal(listed.length);
    });
  }

  it('has no default for a location or a name, with which a service could start without its data', () => {
    for (const name of WITHOUT_DEFAULT) {
      expect(ENVIRONMENT[name].describe().flags, name)
        .to.include({ presence: 'required' })
        .and.not.have.property('default');
    }
  });

  for (const [name, value] of ACCEPTED) {
    it(`accepts ${name}=${value}`, () => {
      expect(validate(name, value)).to.equal(undefined);
    });
  }

  for (const [name, value, code] of REFUSED) {
    it(`refuses ${name}=${value}`, () => {
      expect(validate(name, value)).to.deep.equal([code]);
    });
  }
});
