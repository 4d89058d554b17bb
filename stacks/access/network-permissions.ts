import { type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { madeFor, ownedBy } from './environment-tags.ts';
import { allow, type Statement } from './policy-document.ts';

/** Kinds of resources that EC2 knows by numbers, which it makes with their tags. */
const KINDS = [
  ...['elastic-ip', 'internet-gateway', 'launch-template', 'natgateway', 'route-table', 'security-group'],
  ...['security-group-rule', 'subnet', 'vpc', 'vpc-endpoint', 'vpc-flow-log'],
];

/** Made in something that is there, in a VPC or a security group. */
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
 * What an apply may do with the network and what instances are started from: make it with the environment's tags, and change what has them.
 * To make a subnet, EC2 asks for both: the subnet is made, its VPC is there.
 */
export function networkStatements(deployment: Deployment): Statement[] {
  const { accountId, environment, region } = deployment;
  const arn = (kind: string) => `arn:aws:ec2:${region}:${accountId}:${kind}/*`;
  const tagging = { StringEquals: { 'ec2:CreateAction': [...CREATE, 'RunInstances'] } };
  return [
    allow(ec2(CREATE), KINDS.map(arn), madeFor(environment)),
    allow(ec2([...CREATE_IN, ...CHANGE]), KINDS.map(arn), ownedBy(environment)),
    // The names of interface endpoints are in a zone of AWS's, which the VPC is given.
    allow('route53:AssociateVPCWithHostedZone', 'arn:aws:route53:::hostedzone/*'),
    allow('ec2:CreateTags', [...KINDS, 'instance', 'network-interface', 'volume'].map(arn), tagging),
    ...defaultGroupStatements(deployment),
    ...instanceStatements(deployment),
  ];
}

/**
 * A VPC comes with a security group without tags: it may be given those of the environment and its name, of whatever VPC it is, since
 * nothing tells of which. What has that name can be opened to nobody, nor named anew, so that nobody opens the groups of others by taking them.
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
 * An auto scaling group is refused unless whoever makes it may start what is in its template
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
