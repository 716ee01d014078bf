"""The firewall before a service that faces the internet, where the configuration names none."""

from typing import Any, Final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as waf

from stacks.base import EnvironmentStack
from stacks.constructs.keys import SecureKey
from stacks.constructs.log_groups import SecureLogGroup

MANAGED: Final = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)
COUNTED: Final = {"AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)}
"""Rules of theirs that only count: this one stops bodies of more than 8 KB, and a what-if's plan may have more; what is
too much the service itself says, in words."""


def web_acl(stack: EnvironmentStack, key: SecureKey) -> waf.CfnWebACL:
    """Web ACL ``mlops-{env}-service``: AWS's managed rules, and a limit for each address; what it stops is logged."""
    rules = [_limit(stack), *(_managed(stack, name, number) for number, name in enumerate(MANAGED, 1))]
    made = waf.CfnWebACL(
        stack,
        "WebAcl",
        name=stack.physical("service"),
        description="Retail forecast: before the forecast API",
        scope="REGIONAL",
        default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
        visibility_config=_seen(stack, "web-acl"),
        rules=rules,
    )
    _log(stack, made, key)
    return made


def web_acl_log(stack: EnvironmentStack) -> str:
    """Log group of the firewall; WAF delivers to names that begin so, and to no others."""
    return f"aws-waf-logs-{stack.physical('service')}"


def _log(stack: EnvironmentStack, acl: waf.CfnWebACL, key: SecureKey) -> None:
    """Requests that were stopped or counted, without their API keys."""
    name = web_acl_log(stack)
    group = SecureLogGroup(stack, "WebAclLogs", name=name, days=stack.config.cluster.log_days, key=key)
    arn = stack.log_group_arn(name)
    policy = _admit_delivery(stack, arn)
    logging = waf.CfnLoggingConfiguration(
        stack,
        "WebAclLogging",
        resource_arn=acl.attr_arn,
        log_destination_configs=[arn],
        redacted_fields=[waf.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": "x-api-key"})],
        logging_filter={
            "DefaultBehavior": "DROP",
            "Filters": [
                {
                    "Behavior": "KEEP",
                    "Requirement": "MEETS_ANY",
                    "Conditions": [{"ActionCondition": {"Action": action}} for action in ("BLOCK", "COUNT")],
                }
            ],
        },
    )
    logging.node.add_dependency(group, policy)


def _admit_delivery(stack: EnvironmentStack, log_group_arn: str) -> logs.CfnResourcePolicy:
    """Let the delivery of logs write to the group; said here, for what WAF would write itself outlives the stack."""
    statement = iam.PolicyStatement(
        principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com")],
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[f"{log_group_arn}:*"],
        conditions={
            "StringEquals": {"aws:SourceAccount": stack.account},
            "ArnLike": {"aws:SourceArn": stack.format_arn(service="logs", resource="*")},
        },
    )
    return logs.CfnResourcePolicy(
        stack,
        "WebAclDelivery",
        policy_name=stack.physical("web-acl-logs"),
        policy_document=stack.to_json_string(iam.PolicyDocument(statements=[statement])),
    )


def _limit(stack: EnvironmentStack) -> waf.CfnWebACL.RuleProperty:
    """In five minutes, from one address; more are refused until it slows down."""
    most = stack.config.service.ingress.address_limit
    limit = waf.CfnWebACL.RateBasedStatementProperty(limit=most, aggregate_key_type="IP")
    return _rule(
        stack,
        "rate",
        0,
        statement=waf.CfnWebACL.StatementProperty(rate_based_statement=limit),
        action=waf.CfnWebACL.RuleActionProperty(block={}),
    )


def _managed(stack: EnvironmentStack, name: str, priority: int) -> waf.CfnWebACL.RuleProperty:
    counted = [
        waf.CfnWebACL.RuleActionOverrideProperty(name=each, action_to_use=waf.CfnWebACL.RuleActionProperty(count={}))
        for each in COUNTED.get(name, ())
    ]
    group = waf.CfnWebACL.ManagedRuleGroupStatementProperty(
        vendor_name="AWS", name=name, rule_action_overrides=counted or None
    )
    return _rule(
        stack,
        name,
        priority,
        statement=waf.CfnWebACL.StatementProperty(managed_rule_group_statement=group),
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
    )


def _rule(stack: EnvironmentStack, name: str, priority: int, **what: Any) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(name=name, priority=priority, visibility_config=_seen(stack, name), **what)


def _seen(stack: EnvironmentStack, name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=stack.physical(name), sampled_requests_enabled=True
    )
