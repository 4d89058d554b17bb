import type { Configurations } from './configurations.ts';

export const COMPUTE: Configurations = {
  'ECS PutAccountSettingDefault': {
    aws_ecs_account_setting_default: { trunking: { name: 'awsvpcTrunking', value: 'enabled' } },
  },
  'EC2 descriptions of security group rules, and a launch template with tags of its own': {
    aws_vpc: { one: { cidr_block: '10.0.0.0/16' } },
    aws_security_group: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
      one: { name: 'one', description: 'one', vpc_id: '${aws_vpc.one.id}' },
    },
    aws_vpc_security_group_ingress_rule: {
      one: {
        // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Terraform's own.
        security_group_id: '${aws_security_group.one.id}',
        referenced_security_group_id: '${aws_security_group.one.id}',
        // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Terraform's own.
        ip_protocol: 'tcp',
        from_port: 443,
        to_port: 443,
        description: 'From one of the same',
      },
    },
    aws_launch_template: {
      one: {
        name: 'one',
        image_id: 'ami-12c6146b',
        instance_type: 'c6i.large',
        tags: { Owner: 'test' },
        tag_specifications: [{ resource_type: 'instance', tags: { Owner: 'test' } }],
      },
    },
  },
  'Auto Scaling MaxInstanceLifetime and DefaultInstanceWarmup': {
    aws_autoscaling_group: {
      one: {
        name: 'one',
        availability_zones: ['us-east-1a'],
        min_size: 0,
        max_size: 1,
        max_instance_lifetime: 604_800,
        default_instance_warmup: 60,
        force_delete: true,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
        launch_template: { id: '${aws_launch_template.one.id}', version: '$Latest' },
      },
    },
  },
  'ECS settings of a service without a network of its own': {
    aws_ecs_cluster: { one: { name: 'one' } },
    aws_ecs_task_definition: {
      one: {
        family: 'one',
        network_mode: 'bridge',
        requires_compatibilities: ['EC2'],
        cpu: 256,
        memory: 512,
        container_definitions: JSON.stringify([{ name: 'one', image: 'one', essential: true }]),
      },
    },
    aws_ecs_service: {
      one: {
        name: 'one',
        // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Terraform's own.
        cluster: '${aws_ecs_cluster.one.id}',
        task_definition: '${aws_ecs_task_definition.one.arn}',
        // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Terraform's own.
        capacity_provider_strategy: [{ capacity_provider: 'FARGATE_SPOT', weight: 1, base: 0 }],
        availability_zone_rebalancing: 'DISABLED',
        enable_ecs_managed_tags: true,
        ordered_placement_strategy: [{ type: 'binpack', field: 'memory' }],
      },
    },
  },
};
