import { expect } from 'chai';
import type Joi from 'joi';
import { COMMON_PROBLEMS } from '../../../../shared/contracts/api/route-problems.ts';
import { methodsAt, routeList } from '../../../../shared/contracts/api/routes.ts';
import { HEALTH_PATHS, METRICS_PATH, SERVICE_NAMES, SERVICES } from '../../../../shared/contracts/services.ts';

const placeholders = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
const keysOf = (schema: Joi.ObjectSchema | undefined): string[] => Object.keys(schema?.describe().keys ?? {});

describe('routes', () => {
  it('differ in method or path, whatever their parameters are called', () => {
    const places = routeList.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
    expect(new Set(places).size).to.equal(places.length);
  });

  it('use the same parameter names for the same path', () => {
    const shapes = new Set(routeList.map(({ path }) => path.replace(/\{\w+\}/g, '{}')));
    expect(new Set(routeList.map(({ path }) => path)).size).to.equal(shapes.size);
  });

  for (const route of routeList) {
    const { operationId, service, method, path, scope, summary, responses, problems, body } = route;

    it(`${operationId} is named verb first and belongs to a service`, () => {
      expect(operationId).to.match(
        /^(upload|request|change|delete|erase|list|get|create|complete|abort|moderate)[A-Z][a-zA-Z]+$/,
      );
      expect(SERVICE_NAMES).to.include(service);
      expect(summary).to.match(/^[A-Z].*[^.]$/);
    });

    it(`${operationId} has a path in kebab case, of the API's version or public`, () => {
      expect(path).to.match(/^\/$|^(\/([a-z0-9][a-z0-9.-]*|\{[a-z][a-zA-Z]*\}))+$/);
      expect(path.startsWith('/v1/') || scope === 'public', path).to.equal(true);
    });

    it(`${operationId} validates exactly the parameters of its path`, () => {
      expect(keysOf(route.params)).to.have.members(placeholders(path));
    });

    it(`${operationId} requires the scope to write if it writes`, () => {
      const reads = method === 'GET';
      // Reading an upload requires the scope of writing it.
      const isUpload = path.startsWith('/v1/uploads');
      expect(scope).to.be.oneOf(
        reads && !isUpload ? ['images:read', 'admin', 'public'] : ['images:write', 'images:delete', 'admin'],
      );
      expect(scope === 'images:delete', 'only a deletion is one').to.equal(operationId === 'deleteImage');
      expect(body === undefined || !reads, 'GET has no body').to.equal(true);
    });

    it(`${operationId} has a successful response, and each problem once`, () => {
      expect(Object.keys(responses)).to.not.be.empty;
      // Of changes, only a form leads a browser elsewhere.
      const most = method === 'GET' ? 304 : operationId === 'uploadImage' ? 303 : 299;
      for (const status of Object.keys(responses)) expect(Number(status)).to.be.within(200, most);
      const told = [...COMMON_PROBLEMS, ...problems];
      expect(new Set(told).size).to.equal(told.length);
    });

    it(`${operationId} lists image_not_found if its path contains an image`, () => {
      expect(problems.includes('image_not_found')).to.equal(placeholders(path).includes('imageId'));
    });

    it(`${operationId} lists the problems of bodies if it has one`, () => {
      const ofBodies = ['payload_too_large', 'unsupported_content_type'] as const;
      for (const code of ofBodies) expect(problems.includes(code), code).to.equal(body !== undefined);
      const hasJson = body?.kind === 'json' || body?.kind === 'image';
      expect(problems.includes('malformed_json'), 'malformed_json').to.equal(hasJson);
    });
  }

  for (const { operationId, body } of routeList) {
    if (body?.kind !== 'json') continue;
    for (const [key, { type }] of Object.entries<{ type: string }>(body.schema.describe().keys)) {
      if (type !== 'array') continue;
      it(`${operationId} does not look at the ${key} of a body that has too many`, () => {
        const { error } = body.schema.validate({ [key]: Array(30_000).fill(1) }, { abortEarly: false });
        expect(error?.details.filter(({ path }) => path[0] === key && path.length > 1)).to.deep.equal([]);
      });
    }
  }

  it('do not include the paths of health and metrics', () => {
    const paths: string[] = routeList.map(({ path }) => path);
    for (const path of [...Object.values(HEALTH_PATHS), METRICS_PATH]) expect(paths).to.not.include(path);
  });

  it('give the methods of a path, including HEAD for GET', () => {
    expect(methodsAt('/v1/images')).to.have.members(['POST', 'GET', 'HEAD']);
    expect(methodsAt('/v1/images/{imageId}')).to.have.members(['GET', 'HEAD', 'PATCH', 'DELETE']);
    expect(methodsAt('/nowhere')).to.deep.equal([]);
  });
});

describe('services', () => {
  it('listen on different, unprivileged ports', () => {
    const ports = Object.values(SERVICES).map(({ port }) => port);
    expect(new Set(ports).size).to.equal(ports.length);
    for (const port of ports) expect(port).to.be.within(1024, 65_535);
  });

  it('have names that are valid for DNS, folders and target groups', () => {
    for (const name of SERVICE_NAMES) expect(name).to.match(/^[a-z][a-z-]{1,30}[a-z]$/);
  });
});
