import type { ErrorCode } from '../../domain/errors.ts';
import { ERRORS } from '../../domain/errors.ts';
import { ACCEPTED_MEDIA_TYPES, UNDECLARED_MEDIA_TYPE } from '../../domain/formats/image-format.ts';
import { LIMITS } from '../../domain/limits.ts';
import { SERVICES } from '../services.ts';
import { transformationsSchema } from '../transformations.ts';
import { deletionViewSchema, purgeSchema } from './deletion-view.ts';
import { erasureViewSchema } from './erasure-view.ts';
import { changedImageSchema, imageChangeSchema } from './image-change.ts';
import {
  imageLinksSchema,
  imageListSchema,
  imageSummarySchema,
  imageViewSchema,
  moderationSchema,
  pendingViewSchema,
  renditionLinksSchema,
  renditionStatusSchema,
  renditionViewSchema,
  visibilitySchema,
  warningSchema,
  watermarkForSchema,
} from './image-view.ts';
import { BINARY, type Json, jsonSchema, listOf, ref } from './json-schema.ts';
import { JSON_MEDIA_TYPE } from './json-types.ts';
import { limitFiguresSchema, limitsViewSchema, newImagesSchema, runningVersionSchema } from './limits-view.ts';
import { linkViewSchema } from './link.ts';
import {
  moderationRequestSchema,
  moderationViewSchema,
  pendingImageListSchema,
  pendingImageSchema,
} from './moderation.ts';
import { commandComponents, focalPointSchema, outputComponents, renditionComponents } from './openapi-commands.ts';
import { explained, headerComponents, routeResponses } from './openapi-responses.ts';
import { SECURITY_SCHEMES, securityOf } from './openapi-security.ts';
import { errorCodeSchema, failureSchema, fieldErrorSchema, problemSchema } from './problem.ts';
import { receiptSchema } from './receipt-view.ts';
import { renditionsBodySchema } from './rendition-request.ts';
import type { RequestBody, Route } from './route.ts';
import { routeList } from './routes.ts';
import { withSchemaReferences } from './schema-references.ts';
import {
  completeBodySchema,
  completedPartSchema,
  partUrlsBodySchema,
  requestedPartUrlSchema,
  uploadDeclarationSchema,
} from './upload-request.ts';
import {
  UPLOAD_TOKEN_PARAMETER,
  uploadTokenLinksSchema,
  uploadTokenRequestSchema,
  uploadTokenViewSchema,
} from './upload-token.ts';
import {
  partListSchema,
  partSchema,
  partUrlSchema,
  partUrlsSchema,
  storedPartSchema,
  uploadLinksSchema,
  uploadViewSchema,
} from './upload-view.ts';
import { leftToOwnerSchema, ownerLimitsSchema, usageViewSchema, usedByOwnerSchema } from './usage-view.ts';

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
    // Credentials are security schemes in OpenAPI, wherever they are sent.
    const named = Object.entries(properties).filter(([name]) => name !== UPLOAD_TOKEN_PARAMETER);
    return named.map(([name, property]) => {
      const { description, ...rest } = property as Json;
      // joi converts the custom rule for presets to free text.
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
    return { required: true, content: { [UNDECLARED_MEDIA_TYPE]: { schema: BINARY } } };
  }
  if (body.kind === 'json') {
    const content = { schema: jsonSchema(body.schema, 'input') };
    const { mediaTypes = [JSON_MEDIA_TYPE] } = body;
    return { required: true, content: Object.fromEntries(mediaTypes.map((type) => [type, content])) };
  }
  const form = {
    schema: ref('UploadForm'),
    encoding: {
      file: { contentType: [...ACCEPTED_MEDIA_TYPES, UNDECLARED_MEDIA_TYPE].join(', ') },
      renditions: { contentType: JSON_MEDIA_TYPE },
    },
  };
  // Generators use the first of several bodies, or make a method for each, so there are only a form and bytes.
  const raw = [UNDECLARED_MEDIA_TYPE, ...ACCEPTED_MEDIA_TYPES].map((mediaType) => [mediaType, { schema: BINARY }]);
  return { required: true, content: { 'multipart/form-data': form, ...Object.fromEntries(raw) } };
}

const operation = (route: (typeof routeList)[number]): Json => ({
  operationId: route.operationId,
  tags: [route.service],
  summary: route.summary,
  description: route.description,
  ...(route.scope !== 'public' && { 'x-scope': route.opensForAdmin ? `${route.scope} or admin` : route.scope }),
  security: securityOf(route),
  parameters: parameters(route),
  ...(route.body && { requestBody: requestBody(route.body) }),
  responses: routeResponses(route),
});

/** The form of an upload. The renditions are one or several parts of JSON. */
const uploadForm = (): Json => ({
  type: 'object',
  description: 'An image and the requested renditions, in any order.',
  required: ['file'],
  additionalProperties: false,
  properties: {
    file: { ...BINARY, description: 'The bytes of the image, which decide its format. The filename is kept.' },
    renditions: {
      type: 'string',
      contentMediaType: JSON_MEDIA_TYPE,
      contentSchema: ref('Renditions'),
      description:
        'A list of renditions as JSON. Several such parts form one list; a part may also contain a single rendition or the bare name of a preset, or be empty.',
    },
  },
});

const errorCodes = (): Json => ({
  ...jsonSchema(errorCodeSchema, 'output'),
  description: `The kind of error. Stable, so that programs can rely on it.\n${(Object.keys(ERRORS) as ErrorCode[]).map(explained).join('\n')}`,
});

/** The schemas of requests, by the names of their types. */
const inputs = () => ({
  UploadDeclaration: jsonSchema(uploadDeclarationSchema, 'input'),
  UploadTokenRequest: jsonSchema(uploadTokenRequestSchema, 'input'),
  RenditionsRequest: jsonSchema(renditionsBodySchema, 'input'),
  ImageChange: jsonSchema(imageChangeSchema, 'input'),
  ModerationRequest: jsonSchema(moderationRequestSchema, 'input'),
  CompletedPart: jsonSchema(completedPartSchema, 'input'),
  PartsToComplete: jsonSchema(completeBodySchema, 'input'),
  RequestedPartUrl: jsonSchema(requestedPartUrlSchema, 'input'),
  PartUrlsRequest: jsonSchema(partUrlsBodySchema, 'input'),
  Visibility: jsonSchema(visibilitySchema, 'input'),
  WatermarkUse: jsonSchema(watermarkForSchema, 'input'),
  Moderation: jsonSchema(moderationSchema, 'input'),
  FocalPoint: jsonSchema(focalPointSchema, 'input'),
});

/** The schemas of responses, by the names of their types. */
const outputs = () => ({
  Image: jsonSchema(imageViewSchema, 'output'),
  Decision: jsonSchema(moderationViewSchema, 'output'),
  PendingImage: jsonSchema(pendingImageSchema, 'output'),
  PendingImageList: jsonSchema(pendingImageListSchema, 'output'),
  ChangedImage: jsonSchema(changedImageSchema, 'output'),
  ImageSummary: jsonSchema(imageSummarySchema, 'output'),
  ImageLinks: jsonSchema(imageLinksSchema, 'output'),
  ImageList: jsonSchema(imageListSchema, 'output'),
  Rendition: jsonSchema(renditionViewSchema, 'output'),
  Receipt: jsonSchema(receiptSchema, 'output'),
  RenditionLinks: jsonSchema(renditionLinksSchema, 'output'),
  RenditionStatus: jsonSchema(renditionStatusSchema, 'output'),
  Warning: jsonSchema(warningSchema, 'output'),
  Pending: jsonSchema(pendingViewSchema, 'output'),
  Deletion: jsonSchema(deletionViewSchema, 'output'),
  Erasure: jsonSchema(erasureViewSchema, 'output'),
  Purge: jsonSchema(purgeSchema, 'output'),
  Link: jsonSchema(linkViewSchema, 'output'),
  ServiceLimits: jsonSchema(limitsViewSchema, 'output'),
  Usage: jsonSchema(usageViewSchema, 'output'),
  OwnerLimits: jsonSchema(ownerLimitsSchema, 'output'),
  UsedByOwner: jsonSchema(usedByOwnerSchema, 'output'),
  LeftToOwner: jsonSchema(leftToOwnerSchema, 'output'),
  LimitFigures: jsonSchema(limitFiguresSchema, 'output'),
  Transformations: jsonSchema(transformationsSchema, 'output'),
  RunningVersion: jsonSchema(runningVersionSchema, 'output'),
  NewImages: jsonSchema(newImagesSchema, 'output'),
  Upload: jsonSchema(uploadViewSchema, 'output'),
  UploadLinks: jsonSchema(uploadLinksSchema, 'output'),
  UploadToken: jsonSchema(uploadTokenViewSchema, 'output'),
  UploadTokenLinks: jsonSchema(uploadTokenLinksSchema, 'output'),
  Part: jsonSchema(partSchema, 'output'),
  StoredPart: jsonSchema(storedPartSchema, 'output'),
  PartList: jsonSchema(partListSchema, 'output'),
  PartUrl: jsonSchema(partUrlSchema, 'output'),
  PartUrls: jsonSchema(partUrlsSchema, 'output'),
  Problem: jsonSchema(problemSchema, 'output'),
  FieldError: jsonSchema(fieldErrorSchema, 'output'),
  Failure: jsonSchema(failureSchema, 'output'),
  ErrorCode: errorCodes(),
});

const DESCRIPTION = `Upload images, request renditions of them, and download both. Errors are \`application/problem+json\`; programs should rely on their \`code\`.

If the service requires credentials, send a key or a token as \`Authorization: Bearer CREDENTIAL\`. Its owner sees nothing of other owners, and \`x-scope\` of an operation is the scope that it must have. A browser whose user has no key uploads with a token from \`POST /v1/upload-tokens\`.`;

/** The OpenAPI 3.1 document with every route of the API. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const route of routeList) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  const schemas = { ...inputs(), ...outputs() };
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Image service',
      version: '1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: tags(),
    paths,
    components: {
      schemas: {
        ...commandComponents(),
        ...outputComponents(),
        ...renditionComponents(),
        UploadForm: uploadForm(),
        ...schemas,
      },
      headers: headerComponents(),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
  return withSchemaReferences(document, schemas);
}

/** A tag for each service that has operations. */
function tags(): Json[] {
  const names = new Set(routeList.map(({ service }) => service));
  return [...names].map((name) => ({ name, description: `The service that ${SERVICES[name].summary}.` }));
}
