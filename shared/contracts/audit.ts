import Joi from 'joi';
import { AUDIT_RESULTS, type AuditLine } from '../domain/audit-line.ts';
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
    .description('The id of the request in the usual log and in the answer. A client may choose it by `X-Request-Id`.'),
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
    Joi.object({ kind: Joi.string().valid('cdn', 'nobody').required() }),
  )
    .required()
    .description(
      '`kind`, `id` and `owner`: the id of an API key, issuer and subject of a token, the id of an upload token, or of a link the id of the key that has signed it. `cdn` is somebody whose signed URL the CDN has checked, `nobody` has no valid credentials.',
    ),
  imageId: id().description('The image that the request names or has made.'),
  uploadId: id().description('The upload in parts that it names or has made.'),
  uploadTokenId: Joi.string().description('The id of the upload token that it has made.'),
  subjectOwner: Joi.string().description('Whose images an operator’s request is about.'),
  address: Joi.string().required().description('The address of the client.'),
  result: Joi.string()
    .valid(...AUDIT_RESULTS)
    .required()
    .description(
      '`done`, `refused` (status 4xx), `failed` (5xx), or `unanswered`: the client was gone before there was an answer.',
    ),
  status: Joi.number().integer().min(100).max(599).description('The HTTP status.'),
  code: errorCodeSchema.description('The code of the problem, if the answer is one.'),
});
