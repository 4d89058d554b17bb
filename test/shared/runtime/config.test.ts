import { expect } from 'chai';
import { SERVICE_ENVIRONMENT } from '../../../shared/contracts/environment.ts';
import { LOOPBACK_HOSTS } from '../../../shared/contracts/secure-url.ts';
import { SERVICE_NAMES, type ServiceName } from '../../../shared/contracts/services.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { ConfigError, loadConfig } from '../../../shared/runtime/config.ts';

const REQUIRED = {
  HOST: '127.0.0.1',
  PORT: '8084',
  AUTHENTICATION: 'off',
  AWS_REGION: 'eu-central-1',
  IMAGE_TABLE_NAME: 'images',
  PROCESSING_QUEUE_URL: 'http://127.0.0.1/000000000000/processing',
  OBJECT_STORE_URL: 'file:///tmp/objects',
};

function refusalOf(env: NodeJS.ProcessEnv, service: ServiceName = 'worker'): string {
  try {
    loadConfig(service, env);
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('the environment was accepted');
}

/** The names at the beginning of each line after the first. */
const namesIn = (message: string) =>
  message
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(' ')[0]);

describe('config', () => {
  it('parses the settings with their defaults, and freezes them', () => {
    const config = loadConfig('worker', REQUIRED);
    expect(config).to.include({ ...REQUIRED, PORT: 8084, LOG_LEVEL: 'info', MAX_INPUT_PIXELS: LIMITS.inputPixels });
    expect(config.WORKER_CONCURRENCY).to.be.a('number');
    expect(Object.isFrozen(config)).to.equal(true);
  });

  for (const service of SERVICE_NAMES) {
    it(`contains for ${service} only what the contract lists`, () => {
      const config = loadConfig(service, { ...REQUIRED, UPLOAD_TIMEOUT_SECONDS: '1', WORKER_CONCURRENCY: '1' });
      expect(SERVICE_ENVIRONMENT[service]).to.include.members(Object.keys(config));
      expect(config).to.include({ HOST: '127.0.0.1' });
    });
  }

  it('leaves unknown variables alone', () => {
    const config = loadConfig('download', { ...REQUIRED, PATH: '/bin', AWS_SECRET_ACCESS_KEY: 'secret' });
    expect(config).to.not.have.any.keys('PATH', 'AWS_SECRET_ACCESS_KEY');
  });

  it('does not look at variables of other services', () => {
    expect(() => loadConfig('download', { ...REQUIRED, WORKER_CONCURRENCY: 'many' })).to.not.throw();
    expect(namesIn(refusalOf({ ...REQUIRED, WORKER_CONCURRENCY: 'many' }))).to.deep.equal(['WORKER_CONCURRENCY']);
  });

  it('counts an empty variable as absent', () => {
    const config = loadConfig('worker', { ...REQUIRED, LOG_LEVEL: '', AWS_ENDPOINT_URL_S3: '' });
    expect(config.LOG_LEVEL).to.equal('info');
    expect(config.AWS_ENDPOINT_URL_S3).to.equal(undefined);
    expect(refusalOf({ ...REQUIRED, AWS_REGION: '' })).to.include('AWS_REGION is required');
  });

  it('names everything that is missing at once', () => {
    expect(namesIn(refusalOf({}))).to.have.members(Object.keys(REQUIRED));
  });

  it('names everything that is wrong at once, with what it is for', () => {
    const wrong = { PORT: '70000', LOG_LEVEL: 'loud', OBJECT_STORE_URL: 'here', MAX_INPUT_PIXELS: '-1' };
    const message = refusalOf({ ...REQUIRED, ...wrong });
    expect(message).to.match(/^worker cannot start, its environment is wrong:\n/);
    expect(namesIn(message)).to.have.members(Object.keys(wrong));
    expect(message).to.include('Port to listen on.');
    expect(message).to.include('s3://BUCKET or file:///FOLDER');
  });

  for (const HOST of LOOPBACK_HOSTS) {
    it(`takes AUTHENTICATION=off on ${HOST}`, () => {
      expect(loadConfig('download', { ...REQUIRED, HOST }).HOST).to.equal(HOST);
    });
  }

  for (const HOST of ['0.0.0.0', '::', '10.0.0.5', '127.0.0.1.example.com', 'images.example.com']) {
    it(`refuses AUTHENTICATION=off on ${HOST} and says why`, () => {
      const message = refusalOf({ ...REQUIRED, HOST });
      expect(namesIn(message)).to.deep.equal(['HOST']);
      expect(message).to.include('loopback').and.to.include('AUTHENTICATION is off');
    });
  }

  it('refuses to start without AUTHENTICATION', () => {
    const { AUTHENTICATION: _left, ...rest } = REQUIRED;
    expect(namesIn(refusalOf(rest))).to.deep.equal(['AUTHENTICATION']);
    expect(namesIn(refusalOf({ ...rest, HOST: '0.0.0.0' }))).to.deep.equal(['AUTHENTICATION']);
  });

  it('accepts any address with AUTHENTICATION=on, and api-keys as an older word for that', () => {
    for (const word of ['on', 'api-keys']) {
      const { AUTHENTICATION } = loadConfig('download', { ...REQUIRED, AUTHENTICATION: word, HOST: '0.0.0.0' });
      expect(AUTHENTICATION).to.equal('on');
    }
  });

  it('refuses what is not a list of digests in API_KEYS', () => {
    const open = { ...REQUIRED, AUTHENTICATION: 'on', HOST: '0.0.0.0' };
    expect(() => loadConfig('download', { ...open, API_KEYS: 'a'.repeat(64) })).to.not.throw();
    expect(() => loadConfig('download', { ...open, API_KEYS: `${'a'.repeat(64)},${'0'.repeat(64)}` })).to.not.throw();
    for (const keys of ['a key', 'A'.repeat(64), `${'a'.repeat(64)},`])
      expect(() => loadConfig('download', { ...open, API_KEYS: keys }), keys).to.throw(ConfigError, /API_KEYS/);
  });

  it('takes a webhook only with a secret and keys for links, and reveals neither it nor its secret', () => {
    const secret = `whsec_${'s'.repeat(32)}`;
    const webhook = {
      ...{ ...REQUIRED, MODERATION_WEBHOOK_URL: 'https://scanner.example.com/hidden' },
      ...{ MODERATION_WEBHOOK_SECRET: secret, LINK_KEYS: `a:${'s'.repeat(32)}` },
    };
    expect(loadConfig('sync-upload', webhook).MODERATION_WEBHOOK_URL).to.equal('https://scanner.example.com/hidden');
    for (const wrong of [
      { MODERATION_WEBHOOK_SECRET: '' },
      { LINK_KEYS: '' },
      { MODERATION_WEBHOOK_URL: 'http://scanner.example.com/hidden' },
      { MODERATION_WEBHOOK_SECRET: secret.slice(0, -1) },
    ])
      expect(refusalOf({ ...webhook, ...wrong }, 'sync-upload'))
        .to.include('MODERATION_WEBHOOK_')
        .and.not.match(/hidden|sss/);
  });

  it('reveals no private key of wrong JWT_ISSUERS', () => {
    const key = { kty: 'EC', crv: 'P-256', kid: 'a', x: 'x', y: 'y', d: 'the-private-part' };
    const issuer = { name: 'a', issuer: 'urn:a', audience: ['images'], keys: [key] };
    for (const issuers of [
      JSON.stringify([issuer]),
      JSON.stringify([{ ...issuer, keys: key }]),
      JSON.stringify(key).slice(1),
    ])
      expect(refusalOf({ ...REQUIRED, JWT_ISSUERS: issuers }, 'download'))
        .to.include('JWT_ISSUERS')
        .and.not.include('the-private-part');
  });

  it('reveals no secret of wrong LINK_KEYS', () => {
    for (const keys of [`a:${'s'.repeat(31)}`, `a b:${'s'.repeat(32)}`, `a:${'s'.repeat(32)},a:${'s'.repeat(32)}`])
      expect(refusalOf({ ...REQUIRED, LINK_KEYS: keys }, 'download'))
        .to.include('LINK_KEYS')
        .and.not.include('sss');
  });
});
