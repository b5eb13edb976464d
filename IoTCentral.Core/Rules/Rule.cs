using System.Text.Json.Serialization;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>How bad it is when a rule fires.</summary>
public enum Severity
{
    Information,
    Warning,
    Critical,
}

/// <summary>Whether all conditions must be true together or one is enough.</summary>
public enum RuleMatch
{
    All,
    Any,
}

/// <summary>Watches the devices of a template, opens an alert when its conditions are true and tells people.</summary>
public sealed record Rule
{
    public required TenantId TenantId { get; init; }

    /// <summary>1–64 of <c>A-Z a-z 0-9 - _</c>.</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>DTMI of the template whose devices it watches.</summary>
    public required string TemplateId { get; init; }
    public bool IsEnabled { get; init; } = true;
    public required RuleDefinition Definition { get; init; }

    /// <summary>Why the program set it aside (it failed while judging); null: it runs. Saving or enabling it clears this.</summary>
    public string? StoppedReason { get; init; }
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>The webhooks' HMAC secrets, wrapped by the master key; null when there are none.</summary>
    [JsonIgnore]
    public byte[]? WrappedSecrets { get; init; }
    public int Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public string UpdatedBy { get; init; } = "";

    /// <summary>Whether it judges messages at present.</summary>
    [JsonIgnore]
    public bool IsRunning => IsEnabled && StoppedReason is null;
}

/// <summary>What a rule looks at and what it does; stored as one JSON document.</summary>
public sealed record RuleDefinition
{
    /// <summary>Properties a device must have for the rule to concern it; empty: all devices of the template.</summary>
    public IReadOnlyList<PropertyFilter> Filter { get; init; } = [];
    public RuleMatch Match { get; init; } = RuleMatch.All;
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>Length of the tumbling window of conditions with an aggregate; one of <see cref="RuleCheck.Windows"/>.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>How long the conditions must stay true before the alert opens.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>How far a number must come back behind its limit to count as good again; same unit as the value.</summary>
    public double Hysteresis { get; init; }
    public Severity Severity { get; init; } = Severity.Warning;
    public IReadOnlyList<RuleAction> Actions { get; init; } = [];

    /// <summary>Every property the rule asks for: filters, property conditions and limits.</summary>
    public IEnumerable<PropertyKey> Properties() =>
        Filter
            .Select(f => f.Property)
            .Concat(Conditions.OfType<PropertyCondition>().Select(c => c.Property))
            .Concat(
                Conditions
                    .OfType<ValueCondition>()
                    .Where(c => c.LimitProperty is not null)
                    .Select(c => c.LimitKey!.Value)
            );

    /// <summary>Same conditions: open alerts stay as they are when such a definition replaces this one.</summary>
    public bool LooksAtTheSameAs(RuleDefinition other) =>
        RuleJson.Write(this with { Actions = [], Severity = default })
        == RuleJson.Write(other with { Actions = [], Severity = default });
}

/// <summary>Where a property of a device is kept.</summary>
public enum PropertySource
{
    /// <summary>Reported by the device.</summary>
    Reported,

    /// <summary>Cloud property: set by people, never sent to the device.</summary>
    Cloud,
}

/// <summary>One property of a device.</summary>
/// <param name="Component">Empty for the root.</param>
public readonly record struct PropertyKey(PropertySource Source, string Component, string Name);

/// <summary>A property a device must have for the rule to concern it.</summary>
public sealed record PropertyFilter
{
    public PropertySource Source { get; init; }
    public string Component { get; init; } = "";
    public required string Name { get; init; }
    public RuleOperator Operator { get; init; } = RuleOperator.Equal;
    public required RuleValue Value { get; init; }

    [JsonIgnore]
    public PropertyKey Property => new(Source, Component, Name);

    /// <param name="stored">The device's value as stored text; null: it has none, which matches only "not equal".</param>
    public bool Matches(string? stored)
    {
        if (stored is null)
            return Operator == RuleOperator.NotEqual;
        return RuleValue.Read(stored, Value.Kind) is { } value
            ? Comparison.Holds(Operator, value, Value) == true
            : Operator == RuleOperator.NotEqual;
    }
}
