import { randomUUID } from 'node:crypto';
import { type AwsAnswer, type AwsRequest, json, jsonOf, type OpenSupplement, type PassOn } from './exchange.ts';

/** The path of a selection and its plan: `/backup/plans/PLAN/selections/SELECTION`. */
const SELECTION = /^\/backup\/plans\/([^/]+)\/selections(?:\/([^/]+))?\/?$/;

/** The path of a new vault or a new plan. */
const TAGGED = /^\/(backup-vaults\/[^/]+|backup\/plans)\/?$/;
const TAGS = /^\/tags\/([^/]+)\/?$/;

/** Requests that moto 5.2.1 lacks and whose result nothing here reads: who may copy into a vault, and what a region backs up. */
const WRITTEN_ONLY = /^\/(backup-vaults\/[^/]+\/access-policy|account-settings)$/;

const PLAN = /^\/backup\/plans\/([^/]+)\/?$/;

/** moto 5.2.1 keeps vaults, their locks and plans. It lacks selections and updates of plans, and does not return tags to Terraform. */
export const openBackup: OpenSupplement = () => {
  const selections = new Map<string, object>();
  const tags = new Map<string, object>();
  const changed = new Map<string, object>();

  function answerSelection(request: AwsRequest, plan: string, id = ''): AwsAnswer {
    if (request.method === 'PUT') {
      const created = { BackupPlanId: plan, SelectionId: randomUUID() };
      selections.set(created.SelectionId, { ...created, ...jsonOf(request) });
      return json(created);
    }
    const found = selections.get(id);
    if (!found) return json({ Code: 'ERROR_3011', Message: 'Cannot find Backup selection' }, 400);
    if (request.method === 'DELETE') selections.delete(id);
    return json(request.method === 'DELETE' ? {} : found);
  }

  async function create(request: AwsRequest, passOn: PassOn): Promise<AwsAnswer> {
    const answer = await passOn();
    const { BackupVaultArn, BackupPlanArn } = jsonOf(answer);
    const { BackupVaultTags, BackupPlanTags } = jsonOf(request);
    if (answer.status === 200) tags.set(BackupVaultArn ?? BackupPlanArn, BackupVaultTags ?? BackupPlanTags ?? {});
    return answer;
  }

  /** The latest version of a plan, of which moto has only the first. */
  async function answerPlan(request: AwsRequest, id: string, passOn: PassOn): Promise<AwsAnswer> {
    if (request.method === 'POST') {
      changed.set(id, jsonOf(request));
      return json({ BackupPlanId: id, VersionId: randomUUID() });
    }
    const answer = await passOn();
    return answer.status === 200
      ? { ...answer, body: JSON.stringify({ ...jsonOf(answer), ...changed.get(id) }) }
      : answer;
  }

  return (request, passOn) => {
    const { method, path } = request;
    const [, changing] = PLAN.exec(path) ?? [];
    if (changing !== undefined && (method === 'POST' || method === 'GET')) return answerPlan(request, changing, passOn);
    const [, plan, id] = SELECTION.exec(path) ?? [];
    if (plan !== undefined) return answerSelection(request, plan, id);
    const [, arn] = TAGS.exec(path) ?? [];
    if (method === 'GET' && arn !== undefined) return json({ Tags: tags.get(decodeURIComponent(arn)) ?? {} });
    if (method === 'PUT' && TAGGED.test(path)) return create(request, passOn);
    return method === 'PUT' && WRITTEN_ONLY.test(path) ? json({}) : undefined;
  };
};
