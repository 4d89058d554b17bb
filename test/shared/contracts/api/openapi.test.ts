import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { openApiDocument } from '../../../../shared/contracts/api/openapi.ts';
import { PRESETS } from '../../../../shared/contracts/api/presets.ts';
import { PROBLEM_MEDIA_TYPE, PROBLEM_STATUS } from '../../../../shared/contracts/api/problem.ts';
import { COMMON_PROBLEMS } from '../../../../shared/contracts/api/route-problems.ts';
import { routeList } from '../../../../shared/contracts/api/routes.ts';
import { ERRORS } from '../../../../shared/domain/errors.ts';
import {
  ACCEPTED_MEDIA_TYPES,
  OUTPUT_FORMATS,
  UNDECLARED_MEDIA_TYPE,
} from '../../../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';

interface Response {
  description: string;
  content?: Record<string, { schema?: { $ref?: string } }>;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: object;
}

interface Operation {
  operationId: string;
  tags: string[];
  security: object[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { schema?: object }> };
  responses: Record<string, Response>;
}

interface Node extends Record<string, unknown> {
  properties?: object;
  content?: Record<string, { schema?: object }>;
}

interface Schema {
  description?: string;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  enum?: unknown[];
  maxItems?: number;
  minItems?: number;
  oneOf?: { $ref: string }[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
}

const document = JSON.parse(JSON.stringify(openApiDocument())) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
const { schemas } = document.components;

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

const refsIn = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : refsIn(inner)));

/** All objects in a value, beginning with itself. */
const nodesIn = (value: unknown): Node[] =>
  typeof value !== 'object' || value === null
    ? []
    : [...(Array.isArray(value) ? [] : [value as Node]), ...Object.values(value).flatMap(nodesIn)];

const resolve = (ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], document);

const codesIn = ({ description }: Response) => [...description.matchAll(/`(\w+)`/g)].map(([, code]) => code);

describe('OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors).to.equal(undefined);
    expect(valid).to.equal(true);
    expect(document.openapi).to.match(/^3\.1\./);
  });

  it('has every route of the table and nothing else', () => {
    const written = operations.map(({ method, path, operationId }) => `${method.toUpperCase()} ${path} ${operationId}`);
    expect(written).to.have.members(routeList.map((route) => `${route.method} ${route.path} ${route.operationId}`));
  });

  it('has every operationId once', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('resolves every reference', () => {
    const chosen = Object.values(schemas).flatMap(({ discriminator }) => Object.values(discriminator?.mapping ?? {}));
    const refs = new Set([...refsIn(document), ...chosen]);
    expect(refs.size).to.be.above(10);
    for (const ref of refs) expect(resolve(ref), ref).to.be.an('object');
  });

  it('uses every schema', () => {
    const used = new Set(refsIn(document).map((ref) => ref.split('/').at(-1)));
    expect(Object.keys(schemas).filter((name) => !used.has(name))).to.deep.equal([]);
  });

  for (const route of routeList) {
    const operation = operations.find(({ operationId }) => operationId === route.operationId);

    it(`describes each problem of ${route.operationId} under its status, and no other`, () => {
      const codes = [...COMMON_PROBLEMS, ...route.problems];
      const expected = Map.groupBy(codes, (code) => String(PROBLEM_STATUS[code]));
      const written = Object.entries(operation?.responses ?? {}).filter(([status]) => Number(status) >= 400);
      expect(written.map(([status]) => status)).to.have.members([...expected.keys()]);
      for (const [status, response] of written) {
        expect(codesIn(response), status).to.have.members(expected.get(status) ?? []);
        expect(Object.keys(response.content ?? {})).to.deep.equal([PROBLEM_MEDIA_TYPE]);
      }
    });

    it(`describes the responses, the service and the path parameters of ${route.operationId}`, () => {
      const succeeded = Object.keys(operation?.responses ?? {}).filter((status) => Number(status) < 400);
      expect(succeeded).to.have.members(Object.keys(route.responses));
      expect(operation?.tags).to.deep.equal([route.service]);
      const inPath = operation?.parameters.filter((parameter) => parameter.in === 'path') ?? [];
      expect(inPath.map(({ name }) => `{${name}}`)).to.deep.equal(route.path.match(/\{\w+\}/g) ?? []);
      expect(inPath.every(({ required }) => required)).to.equal(true);
      expect(operation?.requestBody !== undefined).to.equal(route.body !== undefined);
    });
  }

  it('accepts every accepted media type, and forms, as an upload', () => {
    const { requestBody } = operations.find(({ operationId }) => operationId === 'uploadImage') ?? {};
    expect(Object.keys(requestBody?.content ?? {})).to.deep.equal([
      'multipart/form-data',
      UNDECLARED_MEDIA_TYPE,
      ...ACCEPTED_MEDIA_TYPES,
    ]);
  });

  it('has presets, formats, codes and limits from their own tables', () => {
    expect(schemas.Preset?.enum).to.deep.equal([...PRESETS.keys()]);
    expect(Object.keys(schemas.Output?.discriminator?.mapping ?? {})).to.have.members([...OUTPUT_FORMATS, 'auto']);
    expect(schemas.ErrorCode?.enum).to.have.members(Object.keys(ERRORS));
    expect(schemas.Renditions).to.include({ minItems: 1, maxItems: LIMITS.renditionsPerRequest });
    expect(schemas.OwnRendition?.properties?.commands).to.include({ maxItems: LIMITS.commandsPerRendition });
  });

  describe('has nothing that client generators break on:', () => {
    const forbidden: Record<string, (node: Node) => boolean> = {
      'a default that is no plain value, or of a choice': ({ default: byDefault, anyOf, oneOf }) =>
        byDefault !== undefined && (typeof byDefault === 'object' || anyOf !== undefined || oneOf !== undefined),
      'relations beside properties': ({ properties, anyOf, allOf, not, dependentRequired }) =>
        properties !== undefined && [anyOf, allOf, not, dependentRequired].some((relation) => relation !== undefined),
      'properties by patterns of their names': ({ patternProperties }) => patternProperties !== undefined,
      'classes of Unicode in a pattern': ({ pattern }) => /\\p\{/i.test(String(pattern)),
      'integers of 64 bits that do not say so': ({ type, maximum, format }) =>
        type === 'integer' && Number(maximum ?? 2 ** 31) >= 2 ** 31 && format !== 'int64',
      'bodies without a schema': ({ content }) =>
        content !== undefined && Object.values(content).some(({ schema }) => schema === undefined),
    };
    for (const [what, isIt] of Object.entries(forbidden)) {
      it(what, () => {
        expect(nodesIn(document).filter(isIt)).to.deep.equal([]);
      });
    }

    it('objects without a name', () => {
      const inline = Object.values(schemas).flatMap((schema) => nodesIn(schema).slice(1));
      expect(inline.filter(({ properties }) => properties !== undefined)).to.deep.equal([]);
    });
  });

  it('requires a key or a token, or takes a link or an upload token, for the same routes as the service', () => {
    for (const route of routeList) {
      const { security } = operations.find(({ operationId }) => operationId === route.operationId) ?? {};
      const others = [
        ...(route.links ? [{ signedLink: [] }] : []),
        ...(route.uploadTokens ? [{ uploadToken: [] }] : []),
        ...(route.operationId === 'uploadImage' ? [{ uploadTokenInQuery: [] }] : []),
      ];
      const credentials = [{ bearerJwt: [] }, { apiKey: [] }, ...others];
      const asked = route.scope === 'public' ? [] : [...(route.anonymous ? [{}] : []), ...credentials];
      expect(security, route.operationId).to.deep.equal(asked);
    }
  });

  it('explains every error code, also in each response', () => {
    for (const [code, { title }] of Object.entries(ERRORS)) {
      expect(schemas.ErrorCode?.description).to.include(`\`${code}\`: ${title}.`);
    }
  });

  it('describes commands and outputs once, for requests and responses', () => {
    const { commands, output } = schemas.Rendition?.properties ?? {};
    expect(commands?.items).to.deep.equal({ $ref: '#/components/schemas/Command' });
    expect(output).to.deep.equal({ $ref: '#/components/schemas/Output' });
  });
});
