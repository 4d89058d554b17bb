import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { QUEUE_TIMING } from '../../../shared/contracts/queue-timing.ts';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../../shared/contracts/services.ts';
import { loadConfig } from '../../../shared/runtime/config.ts';
import { workerLoadOf } from '../../../stacks/compute/worker-load.ts';
import { ENVIRONMENTS } from '../../../stacks/environments/all.ts';
import type { Arguments } from '../../support/stacks/entrance.ts';
import { container, DEPLOYMENT, NAMES, platform, SETTINGS, taskDefinition } from '../../support/stacks/platform.ts';

const synthesised = platform();
const API = SERVICE_NAMES.filter((service) => service !== 'worker');
const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const plainOf = (service: ServiceName): Record<string, string> =>
  Object.fromEntries(container(synthesised, service).environment.map(({ name, value }: Arguments) => [name, value]));
const secretsOf = (service: ServiceName): Record<string, string> =>
  Object.fromEntries(
    container(synthesised, service).secrets.map(({ name, valueFrom }: Arguments) => [name, valueFrom]),
  );

/** A valid value for the parameter of each secret. */
const SECRETS: Record<string, string> = {
  API_KEYS: 'a'.repeat(64),
  LINK_KEYS: `a:${'s'.repeat(32)}`,
  CDN_SECRETS: 's'.repeat(32),
};

/** The values that Terraform inserts for references, by the variable's name. */
const KNOWN_AT_APPLY: Record<string, string> = { CDN_DISTRIBUTION_ID: 'E2QWRUHEXAMPLE' };

for (const service of SERVICE_NAMES) {
  describe(`the environment of ${service}`, () => {
    it('is accepted by the service', () => {
      const secrets = Object.fromEntries(Object.keys(secretsOf(service)).map((name) => [name, SECRETS[name]]));
      const applied = Object.entries(plainOf(service)).map(([name, value]) => [name, KNOWN_AT_APPLY[name] ?? value]);
      const config = loadConfig(service, { ...Object.fromEntries(applied), ...secrets });
      expect(config.PORT).to.equal(SERVICES[service].port);
      expect(config.AWS_REGION).to.equal(DEPLOYMENT.region);
      expect(config.IMAGE_TABLE_NAME).to.equal(NAMES.table);
      expect(config.OBJECT_STORE_URL).to.equal(`s3://${NAMES.bucket}`);
    });
  });
}

describe('metrics of the worker', () => {
  it('are written to its log, which alarms and the dashboard read', () => {
    expect(plainOf('worker').METRICS).to.equal('emf');
  });
});

describe('secrets', () => {
  it('are read from the environment’s parameters: local keys by API services, link keys by those that sign links, the secret of the CDN by downloads', () => {
    const arnOf = (name: string) =>
      `arn:aws:ssm:${DEPLOYMENT.region}:${DEPLOYMENT.accountId}:parameter${NAMES.secretParameter(name)}`;
    for (const service of API) {
      const ofLinks = service !== 'async-upload' && { LINK_KEYS: arnOf('link-keys') };
      const ofDownloads = service === 'download' && { CDN_SECRETS: arnOf('origin-verify') };
      expect(secretsOf(service)).to.deep.equal({ API_KEYS: arnOf('api-keys'), ...ofLinks, ...ofDownloads });
    }
  });

  it('are not given to a worker, which listens only inside its container', () => {
    expect(secretsOf('worker')).to.deep.equal({});
    expect(plainOf('worker')).to.include({ AUTHENTICATION: 'off', HOST: '127.0.0.1' });
  });
});

describe('who may call', () => {
  const variables = (api: Partial<typeof SETTINGS.api>) =>
    Object.fromEntries(
      container(platform({ api: { ...SETTINGS.api, ...api } }), 'sync-upload').environment.map(
        ({ name, value }: Arguments) => [name, value],
      ),
    );

  it('is told to every service of the API, as are the trail and the proxy before it', () => {
    for (const service of API) {
      expect(plainOf(service)).to.include({
        ...{ AUTHENTICATION: 'on', AUDIT_LOG_GROUP: NAMES.auditLog, TRUSTED_PROXIES: '1', OWNER_LIMITS: '{}' },
      });
      expect(plainOf(service)).to.not.have.any.keys('JWT_ISSUERS', 'TRANSFORMATIONS');
    }
  });

  it('comes with a second proxy where nobody outside reaches the load balancer but through the CDN', () => {
    const ofProxies = (cdn: Partial<typeof SETTINGS.cdn>, service: ServiceName) =>
      container(platform({ cdn: { ...SETTINGS.cdn, ...cdn } }), service).environment.find(
        ({ name }: Arguments) => name === 'TRUSTED_PROXIES',
      ).value;
    for (const [enabled, vpcOrigin, expected] of [
      [true, true, '2'],
      [true, false, '1'],
      [false, false, '1'],
    ] as const) {
      expect(ofProxies({ enabled, vpcOrigin }, 'download'), `${enabled} ${vpcOrigin}`).to.equal(expected);
      // The CDN leads to downloads only.
      for (const service of ['sync-upload', 'async-upload'] as const)
        expect(ofProxies({ enabled, vpcOrigin }, service), service).to.equal('1');
    }
  });

  it('comes from the settings', () => {
    const issuer = { name: 'users', issuer: 'https://login.example.com', audience: ['images'] };
    const given = variables({
      authentication: { issuers: [issuer], localKeys: 'on' },
      limits: { images: 1000 },
      transformations: { mode: 'presets' },
    });
    expect(JSON.parse(given.JWT_ISSUERS)).to.deep.equal([issuer]);
    expect(JSON.parse(given.OWNER_LIMITS)).to.deep.equal({ images: 1000 });
    expect(JSON.parse(given.TRANSFORMATIONS)).to.deep.equal({ mode: 'presets' });
    expect(variables({ limits: 'off' })).to.not.have.property('OWNER_LIMITS');
  });

  it('comes with what is done before others see an image, for the services that do or tell it', () => {
    const done = ['DEFAULT_VISIBILITY', 'ORIGINAL_METADATA', 'SVG_SANITIZING', 'MODERATION'];
    for (const service of ['sync-upload', 'async-upload', 'download'] as const) {
      expect(plainOf(service)).to.include({
        ...{
          DEFAULT_VISIBILITY: 'private',
          ORIGINAL_METADATA: 'strip-public',
          SVG_SANITIZING: 'public',
          MODERATION: 'off',
        },
      });
    }
    expect(plainOf('worker')).to.not.have.any.keys(...done);
  });

  it('needs the secret of a webhook only where there is one, and only for the service that calls it', () => {
    const webhookUrl = 'https://scanner.example.com/images';
    const withWebhook = platform({ api: { ...SETTINGS.api, moderation: { images: 'public', webhookUrl } } });
    for (const service of API) {
      const { environment, secrets } = container(withWebhook, service);
      const names = [...environment, ...secrets].map(({ name }: Arguments) => name);
      const ofWebhook = names.filter((name: string) => name.startsWith('MODERATION_WEBHOOK'));
      expect(ofWebhook, service).to.have.members(
        service === 'sync-upload' ? ['MODERATION_WEBHOOK_URL', 'MODERATION_WEBHOOK_SECRET'] : [],
      );
      expect(secretsOf(service)).to.not.have.property('MODERATION_WEBHOOK_SECRET');
    }
  });

  it('needs no parameter once nobody uses keys of the owner local', () => {
    const without = platform({ api: { ...SETTINGS.api, authentication: { issuers: [], localKeys: 'off' } } });
    for (const service of API) {
      const secrets = container(without, service).secrets.map(({ name }: Arguments) => name);
      expect(secrets, service).to.not.include('API_KEYS');
    }
  });
});

describe('signed URLs', () => {
  const signed = platform({ cdn: { ...SETTINGS.cdn, signedUrlKeys: ['-----BEGIN PUBLIC KEY-----'] } });
  const known = (service: ServiceName) =>
    container(signed, service).environment.filter(({ name }: Arguments) => name === 'SIGNED_URLS');

  it('are enabled for downloads only, and only if the CDN checks them', () => {
    expect(known('download')).to.deep.equal([{ name: 'SIGNED_URLS', value: 'on' }]);
    for (const service of SERVICE_NAMES.filter((each) => each !== 'download'))
      expect(known(service), service).to.deep.equal([]);
    expect(plainOf('download')).to.not.have.property('SIGNED_URLS');
  });

  it('have the ids of their keys as an output', () => {
    expect(signed.output['signed-url-key-ids']?.value).to.have.length(1);
    expect(synthesised.output).to.not.have.property('signed-url-key-ids');
  });
});

describe('HEIC', () => {
  const known = (made: typeof synthesised, service: ServiceName) =>
    container(made, service).environment.filter(({ name }: Arguments) => name === 'HEIC');

  it('is on for all services or for none', () => {
    const on = platform({ heic: 'on' });
    for (const service of SERVICE_NAMES) {
      expect(known(on, service), service).to.deep.equal([{ name: 'HEIC', value: 'on' }]);
      expect(known(synthesised, service), service).to.deep.equal([]);
    }
  });
});

describe('CORS origins', () => {
  it('are the same for API services and bucket', () => {
    for (const service of API) expect(plainOf(service).CORS_ORIGINS).to.equal(SETTINGS.api.corsOrigins.join(','));
  });
});

for (const service of SERVICE_NAMES) {
  describe(`the container of ${service}`, () => {
    const own = container(synthesised, service);

    it('runs as the user of its image', () => {
      expect(read(`containers/${service}/Dockerfile`)).to.match(new RegExp(`^USER ${own.user}$`, 'm'));
    });

    it('runs the image with the digest in its parameter', () => {
      const [parameter] = /data\.aws_ssm_parameter\.[\w-]+/.exec(own.image) ?? [];
      const name = parameter?.split('.').at(-1) ?? '';
      expect(own.image).to.equal(
        `111122223333.dkr.ecr.eu-west-1.amazonaws.com/image-service/${service}@\${${parameter}.insecure_value}`,
      );
      const { name: given, lifecycle } = synthesised.data.aws_ssm_parameter?.[name] ?? {};
      expect(given).to.equal(NAMES.imageParameter(service));
      const [, pattern = ''] = /regex\("(.+)", self/.exec(lifecycle.postcondition[0].condition) ?? [];
      const digest = `sha256:${'0'.repeat(64)}`;
      expect(new RegExp(pattern).test(digest)).to.equal(true);
      for (const bad of ['latest', 'sha256:00', `${digest}","image":"x`, `x${digest}`])
        expect(new RegExp(pattern).test(bad), bad).to.equal(false);
    });

    it('has more time to stop than it needs, and no more than AWS allows', () => {
      const [, figure = ''] = /const GRACE_SECONDS = (.+);/.exec(read(`containers/${service}/main.ts`)) ?? [];
      const grace = figure.startsWith('QUEUE_TIMING') ? QUEUE_TIMING.drainSeconds + 10 : Number(figure);
      expect(grace).to.be.greaterThan(0);
      expect(own.stopTimeout).to.be.greaterThan(grace).and.at.most(120);
    });

    it('writes to its own log group, whose entries expire as the settings say', () => {
      const group = own.logConfiguration.options['awslogs-group'];
      const [, name = ''] = /aws_cloudwatch_log_group\.([\w-]+)\.name/.exec(group) ?? [];
      expect(synthesised.resource.aws_cloudwatch_log_group?.[name]).to.include({
        name: NAMES.logGroup(service),
        retention_in_days: SETTINGS.observability.logDays,
      });
    });

    it('may use all memory of its task', () => {
      expect(String(own.memory)).to.equal(taskDefinition(synthesised, service).memory);
    });
  });
}

describe('the container of a worker', () => {
  const own = container(synthesised, 'worker');
  const task = taskDefinition(synthesised, 'worker');

  it('writes only to the volume that Docker creates for its task', () => {
    const [{ sourceVolume: name }] = own.mountPoints;
    expect(task.volume).to.deep.equal([{ name, docker_volume_configuration: { scope: 'task', driver: 'local' } }]);
  });

  it('checks its health from inside, and maps no port', () => {
    expect(own.healthCheck.command).to.deep.equal(['CMD', 'node', 'shared/runtime/health-check.ts']);
    expect(own.environment).to.deep.include({ name: 'PORT', value: String(SERVICES.worker.port) });
    expect(own.portMappings).to.deep.equal([]);
    expect(task.network_mode).to.equal('bridge');
  });

  for (const { name, workers } of ENVIRONMENTS) {
    it(`has a vCPU and memory for an image in each process in ${name}`, () => {
      const { processes, memoryMib, concurrency } = workerLoadOf(workers);
      expect(processes).to.be.within(1, workers.cpu / 1024);
      expect(memoryMib).to.be.at.least(1536);
      expect(concurrency).to.be.greaterThan(processes);
    });
  }

  it('is refused if its memory is too small for one image', () => {
    expect(() => workerLoadOf({ cpu: 1024, memory: 1024 })).to.throw(/at least 1836 MiB/);
    expect(workerLoadOf({ cpu: 4096, memory: 3700 }).processes).to.equal(2);
  });
});

describe('the containers of the API', () => {
  it('map their port', () => {
    for (const service of API) {
      const { port } = SERVICES[service];
      const { portMappings } = container(synthesised, service);
      expect(portMappings).to.deep.equal([{ containerPort: port, hostPort: port, protocol: 'tcp' }]);
    }
  });
});

describe('task definitions', () => {
  it('have the capacity and architecture of the settings', () => {
    const kindOf = (service: ServiceName) => {
      const { requires_compatibilities, runtime_platform, cpu, memory } = taskDefinition(synthesised, service);
      return [...requires_compatibilities, runtime_platform.cpu_architecture, cpu, memory].join(' ');
    };
    expect(kindOf('sync-upload')).to.equal('FARGATE ARM64 1024 2048');
    expect(kindOf('async-upload')).to.equal('EC2 ARM64 1024 1536');
    expect(kindOf('download')).to.equal('FARGATE X86_64 512 2048');
    expect(kindOf('worker')).to.equal(`EC2 X86_64 ${SETTINGS.workers.cpu} ${SETTINGS.workers.memory}`);
  });
});
