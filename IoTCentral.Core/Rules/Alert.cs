using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>How far an alert has come.</summary>
public enum AlertStatus
{
    Open,

    /// <summary>Somebody looks after it; it still resolves by itself.</summary>
    Acknowledged,
    Resolved,
}

/// <summary>Why an alert ended.</summary>
public enum AlertEnd
{
    /// <summary>The conditions are no longer true.</summary>
    Condition,

    /// <summary>A person resolved it.</summary>
    Person,

    /// <summary>The rule was changed, turned off or deleted.</summary>
    RuleChanged,

    /// <summary>The device was deleted, or the rule no longer concerns it.</summary>
    DeviceRemoved,
}

/// <summary>One episode of a rule on a device. It outlives both, so it carries their names.</summary>
public sealed record Alert
{
    public required TenantId TenantId { get; init; }
    public required Guid Id { get; init; }
    public required string RuleId { get; init; }
    public required string RuleName { get; init; }
    public required long DeviceKey { get; init; }
    public required string DeviceId { get; init; }
    public required string DeviceName { get; init; }
    public int OrganizationId { get; init; } = Application.RootOrganization;
    public Severity Severity { get; init; }
    public AlertStatus Status { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public string? AcknowledgedBy { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }
    public AlertEnd? ResolvedBy { get; init; }

    /// <summary>Words of who resolved it by hand.</summary>
    public string? ResolvedReason { get; init; }
    public required AlertFacts Facts { get; init; }
    public int Version { get; init; } = 1;

    /// <summary>How long it lasted, or has lasted until now.</summary>
    public TimeSpan Duration(DateTimeOffset now) => (ResolvedAt ?? now) - OpenedAt;
}

/// <summary>What an alert's rule saw, in the words and units of that time.</summary>
public sealed record AlertFacts
{
    /// <summary>The rule in plain words.</summary>
    public string Sentence { get; init; } = "";
    public IReadOnlyList<AlertFact> Conditions { get; init; } = [];

    /// <summary>The first condition that was true: what the alert is about.</summary>
    public AlertFact? Main => Conditions.FirstOrDefault(c => c.IsTrue) ?? (Conditions.Count > 0 ? Conditions[0] : null);
}

/// <summary>What one condition saw.</summary>
public sealed record AlertFact
{
    /// <summary>The condition in words, e.g. "temperature is above 7 °C".</summary>
    public string Text { get; init; } = "";

    /// <summary>What is looked at, e.g. "average temperature over 5 min"; empty for silence.</summary>
    public string Label { get; init; } = "";

    /// <summary>Component and name of the series, for charts; null for silence and properties.</summary>
    public string? Component { get; init; }
    public string? Name { get; init; }
    public string Unit { get; init; } = "";
    public int? Decimals { get; init; }
    public bool IsTrue { get; init; }
    public RuleValue? Value { get; init; }
    public RuleValue? Limit { get; init; }

    /// <summary>The value furthest beyond the limit while the alert was open.</summary>
    public double? Worst { get; init; }

    /// <summary>Message time of the value; end of its window; since when the device is silent or disconnected.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>Something that happened to an alert.</summary>
public sealed record AlertEvent
{
    public long Id { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>opened, acknowledged, note or resolved.</summary>
    public required string Kind { get; init; }
    public required string ActorName { get; init; }
    public string Note { get; init; } = "";
}
