"""The firewall before a service that faces the internet, where the configuration names none."""

from typing import Any, Final

from aws_cdk import aws_wafv2 as waf

from stacks.base import EnvironmentStack

REQUESTS_IN_FIVE_MINUTES: Final = 2000
"""From one address; more are refused until it slows down."""
MANAGED: Final = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)


def web_acl(stack: EnvironmentStack) -> waf.CfnWebACL:
    """Web ACL ``mlops-{env}-service``: AWS's managed rules, and a limit for each address."""
    rules = [_limit(stack), *(_managed(stack, name, number) for number, name in enumerate(MANAGED, 1))]
    return waf.CfnWebACL(
        stack,
        "WebAcl",
        name=stack.physical("service"),
        description="Retail forecast: before the forecast API",
        scope="REGIONAL",
        default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
        visibility_config=_seen(stack, "web-acl"),
        rules=rules,
    )


def _limit(stack: EnvironmentStack) -> waf.CfnWebACL.RuleProperty:
    limit = waf.CfnWebACL.RateBasedStatementProperty(limit=REQUESTS_IN_FIVE_MINUTES, aggregate_key_type="IP")
    return _rule(
        stack,
        "rate",
        0,
        statement=waf.CfnWebACL.StatementProperty(rate_based_statement=limit),
        action=waf.CfnWebACL.RuleActionProperty(block={}),
    )


def _managed(stack: EnvironmentStack, name: str, priority: int) -> waf.CfnWebACL.RuleProperty:
    group = waf.CfnWebACL.ManagedRuleGroupStatementProperty(vendor_name="AWS", name=name)
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
