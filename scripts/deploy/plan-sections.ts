import { type Difference, differences } from './differences.ts';
import { lossOf } from './guarded.ts';
import { type Kind, kindOf, type Plan, type ResourceChange } from './plan.ts';
import { secretsIn, shownSides, UNKNOWN, withoutSecrets } from './shown-values.ts';

/** A line of a summary: our words, and in `code` what comes from a plan, which is a stranger's text. */
export type Line = (string | { code: string })[];

/** A part of a summary. A smaller rank is cut later where the whole is too long. */
export interface Section {
  rank: number;
  title: string;
  lines: Line[];
}

/** Resources that decide who may do what, and what may reach what. */
const ACCESS: RegExp[] = [
  /^aws_iam_/,
  /^aws_(s3_bucket|sqs_queue|sns_topic|ecr_repository|kms_key|backup_vault|vpc_endpoint|cloudwatch_log_resource)_policy$/,
  /^aws_cloudwatch_log_resource_policy$/,
  /^aws_kms_grant$/,
  /^aws_lambda_permission$/,
  /^aws_(s3_bucket|s3_account)_public_access_block$/,
  /^aws_s3_bucket_(acl|ownership_controls)$/,
  /^aws_(default_)?(security_group|network_acl|route_table|route|subnet|vpc)(_|$)/,
  /^aws_vpc/,
  /^aws_(egress_only_)?internet_gateway/,
  /^aws_nat_gateway$/,
  /^aws_lb_listener(_rule|_certificate)?$/,
  /^aws_wafv2_/,
  /^aws_cloudfront_(key_group|public_key|vpc_origin|origin_access_control)$/,
];

/** Attributes that do so in whatever resource. */
const ACCESS_ATTRIBUTE =
  /^(policy|assume_role_policy|inline_policy|permissions_boundary|internal|publicly_accessible|trusted_key_groups)\b/;

/** What a replacement of these is called: it is how they change, and loses nothing. */
const ORDINARY: Record<string, string> = { aws_ecs_task_definition: 'new revision' };

/** Attributes that follow from others, or say nothing about what a resource does. */
const NOISE = /^(tags|tags_all|id|arn|timeouts)\b/;

/** A change of a resource with all that is said about it. */
interface Told {
  change: ResourceChange;
  kind: Kind;
  differences: Difference[];
  isAccess: boolean;
}

function tell(change: ResourceChange): Told[] {
  const kind = kindOf(change);
  if (!kind) return [];
  const { before, after } = shownSides(change.change);
  const found = differences(before, after);
  // What only the apply will show says nothing of a new resource. Of one that changes it says which attribute does.
  const told = found.filter(({ path, after: next }) => !NOISE.test(path) && (kind === 'changed' || next !== UNKNOWN));
  const isAccess =
    ACCESS.some((type) => type.test(change.type)) || told.some(({ path }) => ACCESS_ATTRIBUTE.test(path));
  return [{ change, kind, isAccess, differences: told.length > 0 || kind !== 'changed' ? told : found }];
}

const LOUD: Kind[] = ['destroyed', 'replaced', 'forgotten'];

const isLoud = ({ kind, change }: Told): boolean =>
  LOUD.includes(kind) && !(kind === 'replaced' && Object.hasOwn(ORDINARY, change.type));

/** The sections of one plan's summary, without empty ones. */
export function sectionsOf(plan: Plan): Section[] {
  const { resource_changes = [], output_changes = {} } = plan;
  const told = resource_changes.flatMap(tell);
  const secrets = secretsIn(plan);
  const of = (...kinds: Kind[]) => told.filter((each) => kinds.includes(each.kind));
  const quiet = told.filter((each) => !isLoud(each) && !each.isAccess);
  const sections: Section[] = [
    { rank: 0, title: 'DESTROYED OR REPLACED', lines: told.filter(isLoud).flatMap(loudLines) },
    {
      rank: 1,
      title: 'IAM and network',
      lines: told.filter(({ isAccess, kind }) => isAccess && kind !== 'moved').flatMap(fullLines),
    },
    {
      rank: 2,
      title: 'Changed',
      lines: quiet.filter(({ kind }) => kind === 'changed' || kind === 'replaced').flatMap(fullLines),
    },
    {
      rank: 3,
      title: 'Added',
      lines: quiet.filter(({ kind }) => kind === 'added').map(({ change }) => [{ code: change.address }]),
    },
    { rank: 4, title: 'Outputs', lines: changedOutputs(output_changes) },
    { rank: 5, title: 'Moved, without any other change', lines: of('moved').map(movedLine) },
  ];
  return sections
    .filter(({ lines }) => lines.length > 0)
    .map((section) => ({ ...section, lines: section.lines.map((line) => hide(line, secrets)) }));
}

/** Cuts only what has no secrets any more, because nobody would know half of one. */
const hide = (line: Line, secrets: string[]): Line =>
  line.map((part) => (typeof part === 'string' ? part : { code: cut(withoutSecrets(part.code, secrets)) }));

/** Longer values are cut: somebody who needs all of it reads the plan. */
const LONGEST = 800;

const cut = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;

const WORDS: Record<Kind, string> = {
  destroyed: 'DESTROYED',
  replaced: 'REPLACED',
  forgotten: 'FORGOTTEN, and kept in AWS',
  changed: 'changed',
  added: 'added',
  moved: 'moved',
};

function loudLines({ change, kind }: Told): Line[] {
  const { type, address } = change;
  const loss = lossOf(type);
  const guarded = loss ? [` — guarded, because with it goes ${loss}`] : [];
  return [[`${WORDS[kind]}: `, { code: address }, ...guarded], ...reasons(change)];
}

/** One of Terraform's own words; anything else is a stranger's text. */
const wordOf = (text: string): Line[number] => (/^[a-z_-]+$/.test(text) ? text.replaceAll('_', ' ') : { code: text });

/** Which attributes force a replacement, or why it happens otherwise. */
function reasons({ change, action_reason }: ResourceChange): Line[] {
  const { before, after } = shownSides(change);
  const paths = (change.replace_paths ?? []).map((path) => path.join('.'));
  const all = differences(before, after);
  const forcing = paths.map((path): Line => {
    const found = all.find((each) => each.path === path || each.path.startsWith(`${path.split('.')[0]}`));
    return ['  forced by ', { code: path }, ...(found ? valuesOf(found) : [])];
  });
  if (forcing.length > 0) return forcing;
  return action_reason ? [['  because: ', wordOf(action_reason)]] : [];
}

function fullLines({ change, kind, differences: found }: Told): Line[] {
  const word = kind === 'replaced' && Object.hasOwn(ORDINARY, change.type) ? ORDINARY[change.type] : undefined;
  const head: Line = [`${word ?? WORDS[kind]}: `, { code: change.address }];
  return [head, ...found.map((each): Line => ['  ', { code: each.path || 'value' }, ...valuesOf(each)])];
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

function valuesOf({ before, after }: Difference): Line {
  if (before === undefined) return [': + ', { code: textOf(after) }];
  if (after === undefined) return [': − ', { code: textOf(before) }];
  return [': ', { code: textOf(before) }, ' → ', { code: textOf(after) }];
}

/** Values of outputs are not shown: their names say enough, and resources show what changes. */
const changedOutputs = (outputs: NonNullable<Plan['output_changes']>): Line[] =>
  Object.entries(outputs)
    .filter(([, { actions }]) => !actions.every((action) => action === 'no-op'))
    .map(([name, { actions }]) => [
      ...actions.flatMap((action, at) => [at > 0 ? ' and ' : '', wordOf(action)]),
      ': ',
      { code: name },
    ]);

const movedLine = ({ change }: Told): Line => [
  { code: change.previous_address ?? '' },
  ' → ',
  { code: change.address },
];
