using System.Text.Json;
using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;

namespace IoTCentral.Core.Rules;

/// <summary>The HMAC secrets of a rule's webhooks, by action; all of a rule's in one wrapped piece.</summary>
public sealed class RuleSecrets(ISecretBox box)
{
    /// <summary>The rule with its new secrets wrapped, kept ones carried over from <paramref name="before"/>, and none lying open.</summary>
    public Rule Keep(Rule rule, Rule? before)
    {
        var known = Known(before, rule);
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        var actions = new List<RuleAction>();
        foreach (var action in rule.Definition.Actions)
        {
            if (action is not WebhookAction webhook)
            {
                actions.Add(action);
                continue;
            }

            var secret = webhook.NewSecret ?? known.GetValueOrDefault(webhook.Id);
            if (secret is { Length: > 0 })
                kept[webhook.Id] = secret;
            actions.Add(webhook with { NewSecret = null, HasSecret = secret is { Length: > 0 } });
        }

        return rule with
        {
            Definition = rule.Definition with { Actions = actions },
            WrappedSecrets = kept.Count == 0 ? null : box.WrapText(JsonSerializer.Serialize(kept), PlaceOf(rule)),
        };
    }

    /// <summary>One action's secret wrapped for another place; null when it has none.</summary>
    /// <exception cref="SecretUnreadableException">Another master key wrapped it.</exception>
    public byte[]? For(Rule rule, string actionId, string place) =>
        Read(rule).TryGetValue(actionId, out var secret) ? box.WrapText(secret, place) : null;

    private Dictionary<string, string> Known(Rule? before, Rule rule)
    {
        try
        {
            return before is null ? [] : Read(before);
        }
        catch (SecretUnreadableException)
        {
            var kept = rule
                .Definition.Actions.OfType<WebhookAction>()
                .Any(w => w is { HasSecret: true, NewSecret: null });
            return kept
                ? throw new InvalidRequestException(
                    "rule.secret-unreadable",
                    "The webhooks' secrets cannot be read with this installation's master key; give them again."
                )
                : [];
        }
    }

    private Dictionary<string, string> Read(Rule rule) =>
        rule.WrappedSecrets is null
            ? []
            : JsonSerializer.Deserialize<Dictionary<string, string>>(
                box.UnwrapText(rule.WrappedSecrets, PlaceOf(rule))
            )!;

    private static string PlaceOf(Rule rule) => $"rule/{rule.TenantId}/{rule.Id}";
}
