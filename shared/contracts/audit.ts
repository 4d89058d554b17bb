import Joi from 'joi';
import { AUDIT_RESULTS, type AuditLine } from '../domain/audit-line.ts';
import { LINK_TARGETS } from '../domain/link-target.ts';
import { MODERATION_DECISIONS } from '../domain/moderation.ts';
import { visibilitySchema, watermarkForSchema } from './api/image-view.ts';
import { errorCodeSchema } from './api/problem.ts';
import { routeList } from './api/routes.ts';

/** The message of a line in the usual log that the trail could not take. An alarm counts these. */
export const AUDIT_LINE_LOST = 'an audit line was not delivered';

const id = () => Joi.string().guid({ version: 'uuidv4' });

const audited = routeList.filter(({ audit }) => audit !== 'never').map(({ operationId }) => operationId);

/** One line of the audit trail, field by field. It has no others. */
export const auditLineSchema = Joi.object<AuditLine, true>({
  time: Joi.string().isoDate().required().description('When the answer was decided, in UTC.'),
  requestId: Joi.string()
    .required()
    .description(
      'The id of the request in the usual log and in the answer. A client may choose it by `X-Request-Id`. Of a webhook its `webhook-id`.',
    ),
  operation: Joi.string()
    .valid(...audited)
    .required()
    .description('What was asked for, by the operation of the API.'),
  who: Joi.alternatives(
    Joi.object({
      kind: Joi.string().valid('key', 'jwt', 'upload-token').required(),
      id: Joi.string().max(512).required(),
      owner: Joi.string().required(),
    }),
    Joi.object({ kind: Joi.string().valid('link').required(), id: Joi.string().required() }),
    Joi.object({ kind: Joi.string().valid('cdn', 'webhook', 'nobody').required() }),
  )
    .required()
    .description(
      '`kind`, `id` and `owner`: the id of an API key, issuer and subject of a token, the id of an upload token, or of a link the id of the key that has signed it. `cdn` is somebody whose signed URL the CDN has checked, `webhook` is that of moderation, `nobody` has no valid credentials.',
    ),
  imageId: id().description('The image that the request names or has made.'),
  uploadId: id().description('The upload in parts that it names or has made.'),
  decision: Joi.string()
    .valid(...MODERATION_DECISIONS)
    .description('What was decided on the image.'),
  visibility: visibilitySchema.description('What an upload or a change has asked for, or what the new image has.'),
  watermarkFor: watermarkForSchema.description('What a change has asked for.'),
  originalMetadata: Joi.string()
    .valid('keep')
    .description('There if a change has asked to publish an original with its personal metadata.'),
  target: Joi.string()
    .valid(...LINK_TARGETS)
    .description('What a new link opens.'),
  expiresAt: Joi.string()
    .isoDate()
    .description(
      'When the link ends that was made or used, or the new upload token. Links of one image and target with the same end are the same link, unless they are of several renditions.',
    ),
  uploadTokenId: Joi.string().description('The id of the upload token that it has made.'),
  subjectOwner: Joi.string().description('Whose images an operator’s request is about.'),
  address: Joi.string().required().description('The address of the client. Of a webhook the name of its host.'),
  result: Joi.string()
    .valid(...AUDIT_RESULTS)
    .required()
    .description(
      '`done`, `refused` (status 4xx), `failed` (5xx), or `unanswered`: the client was gone before there was an answer.',
    ),
  status: Joi.number().integer().min(100).max(599).description('The HTTP status.'),
  code: errorCodeSchema.description('The code of the problem, if the answer is one.'),
});
