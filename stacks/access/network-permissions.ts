import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { madeFor, ownedBy } from './environment-tags.ts';
import { allow, type Statement } from './policy-document.ts';

/** The kinds of EC2 resources that have generated ids and are tagged on creation. */
const KINDS = [
  ...['elastic-ip', 'internet-gateway', 'launch-template', 'natgateway', 'route-table', 'security-group'],
  ...['security-group-rule', 'subnet', 'vpc', 'vpc-endpoint', 'vpc-flow-log'],
];

/** Actions that create something inside an existing VPC or security group. */
const CREATE_IN = [
  'AuthorizeSecurityGroupEgress',
  'AuthorizeSecurityGroupIngress',
  'CreateFlowLogs',
  'CreateNatGateway',
  'CreateRouteTable',
  'CreateSecurityGroup',
  'CreateSubnet',
  'CreateVpcEndpoint',
];

const CREATE = ['AllocateAddress', 'CreateInternetGateway', 'CreateLaunchTemplate', 'CreateVpc', ...CREATE_IN];

const CHANGE = [
  'AssociateRouteTable',
  'AttachInternetGateway',
  'CreateLaunchTemplateVersion',
  'CreateRoute',
  'CreateTags',
  'DeleteFlowLogs',
  'DeleteInternetGateway',
  'DeleteLaunchTemplate',
  'DeleteNatGateway',
  'DeleteRoute',
  'DeleteRouteTable',
  'DeleteSecurityGroup',
  'DeleteSubnet',
  'DeleteTags',
  'DeleteVpc',
  'DeleteVpcEndpoints',
  'DetachInternetGateway',
  'DisassociateAddress',
  'DisassociateRouteTable',
  'ModifyLaunchTemplate',
  'ModifySecurityGroupRules',
  'ModifySubnetAttribute',
  'ModifyVpcAttribute',
  'ModifyVpcEndpoint',
  'ReleaseAddress',
  'ReplaceRoute',
  'ReplaceRouteTableAssociation',
  'RevokeSecurityGroupEgress',
  'RevokeSecurityGroupIngress',
];

const ec2 = (actions: readonly string[]): string[] => actions.map((action) => `ec2:${action}`);

/**
 * The permissions of an apply on the network and on launch templates: to create resources with the environment's tags, and to change those that
 * have them. Creating a subnet needs both, one for the new subnet and one for its existing VPC.
 */
export function networkStatements(deployment: Deployment): Statement[] {
  const { accountId, environment, region } = deployment;
  const arn = (kind: string) => `arn:aws:ec2:${region}:${accountId}:${kind}/*`;
  const tagging = { StringEquals: { 'ec2:CreateAction': [...CREATE, 'RunInstances'] } };
  return [
    allow(ec2(CREATE), KINDS.map(arn), madeFor(environment)),
    allow(ec2([...CREATE_IN, ...CHANGE]), KINDS.map(arn), ownedBy(environment)),
    // The names of interface endpoints are in a hosted zone of AWS, which is associated with the VPC.
    allow('route53:AssociateVPCWithHostedZone', 'arn:aws:route53:::hostedzone/*'),
    allow('ec2:CreateTags', [...KINDS, 'instance', 'network-interface', 'volume'].map(arn), tagging),
    ...defaultGroupStatements(deployment),
    ...instanceStatements(deployment),
  ];
}

/**
 * A new VPC has a default security group without tags. An apply may tag it with the environment's tags and its name. Nothing shows which VPC a
 * group belongs to, so this applies to any untagged group. Therefore a group with that name can be neither opened nor renamed: nobody can open
 * the groups of others by tagging them first.
 */
function defaultGroupStatements(deployment: Deployment): Statement[] {
  const { accountId, environment, region } = deployment;
  const Resource = `arn:aws:ec2:${region}:${accountId}:security-group/*`;
  const name = namesOf(deployment).unusedSecurityGroup;
  const named = { 'aws:ResourceTag/Name': name };
  const taken = { ...madeFor(environment).StringEquals, 'aws:RequestTag/Name': name };
  return [
    allow('ec2:CreateTags', Resource, { StringEquals: taken, Null: { 'aws:ResourceTag/Project': 'true' } }),
    {
      Effect: 'Deny',
      Action: ['ec2:AuthorizeSecurityGroupEgress', 'ec2:AuthorizeSecurityGroupIngress'],
      Resource,
      Condition: { StringEquals: named },
    },
    {
      Effect: 'Deny',
      Action: ['ec2:CreateTags', 'ec2:DeleteTags'],
      Resource,
      Condition: { StringEquals: named, 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'Name' } },
    },
  ];
}

/**
 * AWS refuses an auto scaling group unless its creator may start instances from its launch template
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html).
 */
function instanceStatements({ accountId, environment, region }: Deployment): Statement[] {
  const arn = (kind: string) => `arn:aws:ec2:${region}:${accountId}:${kind}/*`;
  const fromTemplate = { ArnLike: { 'ec2:LaunchTemplate': arn('launch-template') } };
  return [
    allow('ec2:RunInstances', ['launch-template', 'security-group', 'subnet'].map(arn), ownedBy(environment)),
    allow(
      'ec2:RunInstances',
      [`arn:aws:ec2:${region}::image/*`, ...['instance', 'network-interface', 'volume'].map(arn)],
      fromTemplate,
    ),
  ];
}
