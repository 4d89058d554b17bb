import type Joi from 'joi';
import type { Operation } from '../domain/commands.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { ACCEPTED_MEDIA_TYPES, UNDECLARED_MEDIA_TYPE } from '../domain/image-format.ts';
import { LIMITS } from '../domain/limits.ts';
import { COMMANDS, commandSchemas, outputSchema } from './commands.ts';
import { imageListSchema, imageViewSchema } from './image-view.ts';
import { limitsViewSchema } from './limits-view.ts';
import { PRESETS } from './presets.ts';
import { PROBLEM_MEDIA_TYPE, PROBLEM_STATUS, problemSchema } from './problem.ts';
import { renditionNameSchema } from './rendition-request.ts';
import { type Answer, COMMON_PROBLEMS, type RequestBody, type Route, routeList } from './routes.ts';
import { partListSchema, partSchema, partUrlsSchema, uploadViewSchema } from './upload-view.ts';

type Json = { [key: string]: unknown };

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** Joi writes JSON Schema in OpenAPI 3.1's own dialect; lists of commands and renditions become references to their one description. */
function jsonSchema(schema: Joi.Schema, direction: 'input' | 'output'): Json {
  const converter = (schema as unknown as { '~standard': { jsonSchema: Record<string, (options: object) => Json> } })[
    '~standard'
  ];
  return refer(converter.jsonSchema[direction]?.({ target: 'draft-2020-12' }) ?? {}, direction);
}

function refer(schema: Json, direction: 'input' | 'output'): Json {
  const entries = Object.entries(schema).map(([key, given]): [string, unknown] => {
    const value = withoutGuard(given);
    const isList = (value as Json | null)?.type === 'array';
    if (key === 'commands' && isList) return [key, listOf(ref('Command'), LIMITS.commandsPerRendition)];
    if (key === 'renditions' && isList && direction === 'input') return [key, ref('Renditions')];
    const isNode = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [key, isNode ? refer(value as Json, direction) : value];
  });
  return Object.fromEntries(entries);
}

/** A list whose length is looked at first (`atMost`) comes out of joi as a choice between the list and any list of that length. */
function withoutGuard(value: unknown): unknown {
  const { anyOf } = (value ?? {}) as { anyOf?: Json[] };
  const isGuarded = anyOf?.length === 2 && anyOf[1]?.type === 'array' && !('items' in anyOf[1]);
  return isGuarded ? anyOf[0] : value;
}

const listOf = (items: Json, maxItems: number): Json => ({ type: 'array', items, maxItems });

const commandName = (operation: string): string => `${operation[0]?.toUpperCase()}${operation.slice(1)}Command`;

/** A schema for each command, and the choice between them by `operation`. */
function commandComponents(): Json {
  const operations = Object.keys(COMMANDS) as Operation[];
  const each = operations.map((operation) => {
    const { summary, anyOf, needs } = COMMANDS[operation];
    // Joi leaves relations between keys out of its JSON Schema.
    const alternatives = anyOf && { anyOf: anyOf.map((name) => ({ required: [name] })) };
    const dependentRequired =
      needs && Object.fromEntries(Object.entries(needs).map(([name, other]) => [name, [other]]));
    const schema = jsonSchema(commandSchemas[operation], 'input');
    return [
      commandName(operation),
      { description: summary, ...schema, ...alternatives, ...(dependentRequired && { dependentRequired }) },
    ];
  });
  const mapping = Object.fromEntries(operations.map((operation) => [operation, ref(commandName(operation)).$ref]));
  const Command = {
    oneOf: operations.map((operation) => ref(commandName(operation))),
    discriminator: { propertyName: 'operation', mapping },
  };
  return { Command, ...Object.fromEntries(each) };
}

function renditionComponents(): Json {
  const Preset = { type: 'string', enum: [...PRESETS.keys()], description: 'A pipeline by name; see /v1/limits.' };
  const OwnRendition = {
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: {
      name: jsonSchema(renditionNameSchema, 'input'),
      commands: listOf(ref('Command'), LIMITS.commandsPerRendition),
      output: ref('Output'),
    },
  };
  const Renditions = {
    minItems: 1,
    ...listOf({ oneOf: [ref('Preset'), ref('OwnRendition')] }, LIMITS.renditionsPerRequest),
    description: 'Applied in the order of their lists; names must differ.',
    examples: [
      ['thumb', { name: 'card', commands: [{ operation: 'resize', width: 600 }], output: { format: 'avif' } }],
    ],
  };
  return { Output: jsonSchema(outputSchema, 'input'), Preset, OwnRendition, Renditions };
}

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
        ...renditionComponents(),
        Image: jsonSchema(imageViewSchema, 'output'),
        ImageList: jsonSchema(imageListSchema, 'output'),
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
