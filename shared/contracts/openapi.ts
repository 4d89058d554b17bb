import type { ErrorCode } from '../domain/errors.ts';
import { ACCEPTED_MEDIA_TYPES, UNDECLARED_MEDIA_TYPE } from '../domain/image-format.ts';
import { LIMITS } from '../domain/limits.ts';
import { deletionViewSchema } from './deletion-view.ts';
import { imageListSchema, imageViewSchema, pendingViewSchema } from './image-view.ts';
import { type Json, jsonSchema, listOf, ref } from './json-schema.ts';
import { limitsViewSchema } from './limits-view.ts';
import { commandComponents, outputComponents, renditionComponents } from './openapi-commands.ts';
import { PROBLEM_MEDIA_TYPE, PROBLEM_STATUS, problemSchema } from './problem.ts';
import { type Answer, COMMON_PROBLEMS, type RequestBody, type Route, routeList } from './routes.ts';
import { partListSchema, partSchema, partUrlsSchema, uploadViewSchema } from './upload-view.ts';

function parameters({ params, query, headers }: Route): Json[] {
  const places = [
    ['path', params],
    ['query', query],
    ['header', headers],
  ] as const;
  return places.flatMap(([place, schema]) => {
    if (!schema) return [];
    const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
      properties?: Json;
      required?: string[];
    };
    return Object.entries(properties).map(([name, property]) => {
      const { description, ...rest } = property as Json;
      // Presets come out of joi's custom rule as free text.
      const shape =
        name === 'rendition' && place === 'query' ? listOf(ref('Preset'), LIMITS.renditionsPerRequest) : rest;
      return {
        name,
        in: place,
        required: required.includes(name),
        ...(description ? { description } : {}),
        schema: shape,
      };
    });
  });
}

function requestBody(body: RequestBody): Json {
  if (body.kind === 'part') {
    return { required: true, content: { [UNDECLARED_MEDIA_TYPE]: {} } };
  }
  if (body.kind === 'json') {
    return { required: true, content: { 'application/json': { schema: jsonSchema(body.schema, 'input') } } };
  }
  const form = {
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        file: { type: 'string', contentMediaType: 'application/octet-stream' },
        renditions: ref('Renditions'),
      },
    },
    encoding: {
      file: { contentType: ACCEPTED_MEDIA_TYPES.join(', ') },
      renditions: { contentType: 'application/json' },
    },
  };
  const raw = ACCEPTED_MEDIA_TYPES.map((mediaType) => [mediaType, {}]);
  return { required: true, content: { ...Object.fromEntries(raw), 'multipart/form-data': form } };
}

function answer({ description, schema, mediaType }: Answer): Json {
  if (schema) return { description, content: { 'application/json': { schema: ref(schema) } } };
  return mediaType ? { description, content: { [mediaType]: {} } } : { description };
}

/** One response for each status, listing the codes it may carry. */
function problems(codes: readonly ErrorCode[]): Json {
  const byStatus = Map.groupBy(new Set(codes), (code) => PROBLEM_STATUS[code]);
  const responses = [...byStatus].map(([status, group]) => [
    status,
    {
      description: group.map((code) => `\`${code}\``).join(', '),
      content: { [PROBLEM_MEDIA_TYPE]: { schema: ref('Problem') } },
    },
  ]);
  return Object.fromEntries(responses);
}

const operation = (route: (typeof routeList)[number]): Json => ({
  operationId: route.operationId,
  tags: [route.service],
  summary: route.summary,
  ...(route.description && { description: route.description }),
  ...(route.scope !== 'public' && { 'x-scope': route.scope }),
  parameters: parameters(route),
  ...(route.body && { requestBody: requestBody(route.body) }),
  responses: {
    ...Object.fromEntries(Object.entries(route.answers).map(([status, value]) => [status, answer(value)])),
    ...problems([...COMMON_PROBLEMS, ...route.problems]),
  },
});

/** The OpenAPI 3.1 document of the whole API, every route of the table in it. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const route of routeList) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Image service',
      version: '1',
      description:
        'Upload images, have renditions made of them, download both. Errors are `application/problem+json`; decide by their `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: {
        ...commandComponents(),
        ...outputComponents(),
        ...renditionComponents(),
        Image: jsonSchema(imageViewSchema, 'output'),
        Pending: jsonSchema(pendingViewSchema, 'output'),
        ImageList: jsonSchema(imageListSchema, 'output'),
        Deletion: jsonSchema(deletionViewSchema, 'output'),
        Limits: jsonSchema(limitsViewSchema, 'output'),
        Upload: jsonSchema(uploadViewSchema, 'output'),
        Part: jsonSchema(partSchema, 'output'),
        PartList: jsonSchema(partListSchema, 'output'),
        PartUrls: jsonSchema(partUrlsSchema, 'output'),
        Problem: jsonSchema(problemSchema, 'output'),
      },
    },
  };
}
