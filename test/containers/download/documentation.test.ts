import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { limitsViewSchema } from '../../../shared/contracts/api/limits-view.ts';
import { openApiDocument } from '../../../shared/contracts/api/openapi.ts';
import { routeList } from '../../../shared/contracts/api/routes.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import { expectProblem, jsonOf, send } from '../../support/http/http-client.ts';
import { type Services, startServices } from '../../support/services/services.ts';

const TYPES: Record<string, RegExp> = {
  js: /^text\/javascript/,
  css: /^text\/css/,
  svg: /^image\/svg\+xml$/,
  ico: /^image\/x-icon$/,
  json: /^application\/json/,
};

describe('Documentation', () => {
  let services: Services;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());

  const get = (path: string) => send(services.download, { path });

  it('has every limit, format, command and preset at /v1/limits', async () => {
    const answer = await get('/v1/limits');
    expect(answer.status).to.equal(200);
    const view = jsonOf(answer);
    expect(limitsViewSchema.validate(view).error).to.equal(undefined);
    expect(view.limits).to.deep.equal(LIMITS);
    expect(view.acceptedMediaTypes).to.include.members(['image/jpeg', 'image/avif']);
    expect(view.operations).to.include.members(['crop', 'watermark']);
    expect(view.presets.thumb.output).to.deep.equal({ format: 'webp', quality: 80 });
    expect(answer.headers['cache-control']).to.match(/^public, max-age=\d+$/);
  });

  it('describes at /openapi.json, which /docs shows, every way to say who one is', async () => {
    const { components, paths } = jsonOf(await get('/openapi.json'));
    const schemes = Object.keys(components.securitySchemes);
    expect(schemes).to.have.members(['bearerJwt', 'apiKey', 'signedLink', 'uploadToken', 'uploadTokenInQuery']);
    const operations = Object.values<Record<string, { security?: object[] }>>(paths).flatMap((path) =>
      Object.values(path),
    );
    const named = operations.flatMap(({ security = [] }) => security.flatMap((each) => Object.keys(each)));
    expect(new Set(named)).to.deep.equal(new Set(schemes));
    expect((await get('/docs/start.js')).body.toString()).to.include("url: '/openapi.json'");
  });

  it('tells at /v1/limits which release and commit runs, or nothing of what is unknown', async () => {
    expect(jsonOf(await get('/v1/limits')).service).to.deep.equal({});
    const running = { version: '1.2.3', revision: 'ab'.repeat(20) };
    const known = await startServices({ running });
    const view = jsonOf(await send(known.download, { path: '/v1/limits' }));
    await known.stop();
    expect(view.service).to.deep.equal(running);
    expect(limitsViewSchema.validate(view).error).to.equal(undefined);
  });

  it('tells at /v1/limits what becomes of new images', async () => {
    const services = await startServices({
      defaultVisibility: 'private',
      moderation: 'public',
      ingestion: { ORIGINAL_METADATA: 'strip-public', SVG_SANITIZING: 'all' },
    });
    const view = jsonOf(await send(services.download, { path: '/v1/limits' }));
    await services.stop();
    expect(limitsViewSchema.validate(view).error).to.equal(undefined);
    expect(view.newImages).to.deep.equal({
      ...{ visibility: 'private', moderation: 'public' },
      ...{ originalMetadata: 'strip-public', svgSanitizing: 'all' },
    });
  });

  it('is a valid OpenAPI 3.1 document with every route at /openapi.json', async () => {
    const answer = await get('/openapi.json');
    expect(answer.headers['content-type']).to.match(/^application\/json/);
    const document = jsonOf(answer);
    expect(document).to.deep.equal(JSON.parse(JSON.stringify(openApiDocument())));
    const result = await new Validator().validate(document);
    expect(result.errors, JSON.stringify(result.errors)).to.equal(undefined);
    for (const { path, method } of routeList) expect(document.paths[path]).to.have.property(method.toLowerCase());
  });

  it('is a page whose policy forbids inline scripts, which has none, and whose files are all served', async () => {
    const answer = await get('/docs');
    expect(answer.headers['content-type']).to.match(/^text\/html/);
    const policy = new Map(
      String(answer.headers['content-security-policy'])
        .split(';')
        .map((directive) => directive.trim().split(/\s+/))
        .map(([name, ...sources]) => [name, sources]),
    );
    expect(policy.get('script-src')).to.deep.equal(["'self'"]);
    expect(policy.get('default-src')).to.deep.equal(["'none'"]);
    expect(policy.get('img-src'), 'images that "Try it out" has fetched').to.include('blob:');
    const page = answer.body.toString();
    expect(page.match(/<script(?![^>]*\ssrc=)/g)).to.equal(null);
    expect(page).to.not.match(/\son\w+=|javascript:/);
    const assets = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));
    expect(assets).to.include.members(['/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css', '/docs/start.js']);
    for (const path of assets) {
      const { status, headers, body } = await get(path);
      expect(status, path).to.equal(200);
      expect(body.length, path).to.be.greaterThan(50);
      const extension = path.split('.').pop() ?? '';
      const type = TYPES[extension];
      expect(headers['content-type'], path).to.match(type ?? /never/);
    }
  });

  it('starts with a script that names a document which is served', async () => {
    const script = (await get('/docs/start.js')).body.toString();
    const url = script.match(/url: '([^']+)'/)?.[1];
    expect((await get(String(url))).status).to.equal(200);
  });

  for (const asset of [
    'swagger-ui.js',
    'package.json',
    '..%2fpackage.json',
    '%2e%2e/package.json',
    'constructor',
    '__proto__',
    'toString',
  ]) {
    it(`has no file ${asset}`, async () => {
      expectProblem(await get(`/docs/${asset}`), 'route_not_found');
    });
  }
});
