using System.Text.Json.Serialization;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Rules;

/// <summary>How a value is compared with its limit.</summary>
public enum RuleOperator
{
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
    Equal,
    NotEqual,

    /// <summary>Text that contains another, same case.</summary>
    Contains,

    /// <summary>An event: true for each message that carries it, whatever its value.</summary>
    Any,
}

/// <summary>One thing that must be so for a rule to fire.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TelemetryCondition), "telemetry")]
[JsonDerivedType(typeof(PropertyCondition), "property")]
[JsonDerivedType(typeof(SilenceCondition), "noMessageFor")]
[JsonDerivedType(typeof(DisconnectedCondition), "disconnectedFor")]
public abstract record Condition;

/// <summary>A value against a constant or against a cloud property of the same device.</summary>
public abstract record ValueCondition : Condition
{
    /// <summary>DTDL component; empty for the root.</summary>
    public string Component { get; init; } = "";
    public required string Name { get; init; }
    public RuleOperator Operator { get; init; }

    /// <summary>The constant it is compared with; null when <see cref="LimitProperty"/> is given or nothing is compared.</summary>
    public RuleValue? Value { get; init; }

    /// <summary>Name of the cloud property (of the root) that holds each device's own limit.</summary>
    public string? LimitProperty { get; init; }

    [JsonIgnore]
    public PropertyKey? LimitKey => LimitProperty is null ? null : new(PropertySource.Cloud, "", LimitProperty);
}

/// <summary>A telemetry value, or its aggregate over the rule's window.</summary>
public sealed record TelemetryCondition : ValueCondition
{
    /// <summary>Average, Minimum, Maximum, Sum or Count over the rule's window; null: every single value.</summary>
    public Aggregate? Aggregate { get; init; }
}

/// <summary>A reported or cloud property.</summary>
public sealed record PropertyCondition : ValueCondition
{
    public PropertySource Source { get; init; }

    [JsonIgnore]
    public PropertyKey Property => new(Source, Component, Name);
}

/// <summary>The device has said nothing for so long; a device that never spoke does not count as silent.</summary>
public sealed record SilenceCondition : Condition
{
    public required TimeSpan For { get; init; }
}

/// <summary>The device has been disconnected for so long; a device that never connected does not count.</summary>
public sealed record DisconnectedCondition : Condition
{
    public required TimeSpan For { get; init; }
}

/// <summary>Compares values of the same kind.</summary>
internal static class Comparison
{
    public static bool IsOrder(RuleOperator op) => op <= RuleOperator.LessThanOrEqual;

    public static bool IsUpward(RuleOperator op) => op is RuleOperator.GreaterThan or RuleOperator.GreaterThanOrEqual;

    /// <summary>Null when the two cannot be compared. With hysteresis a true comparison stays true until the value has come back that far.</summary>
    public static bool? Holds(
        RuleOperator op,
        in RuleValue value,
        in RuleValue limit,
        double hysteresis = 0,
        bool wasTrue = false
    )
    {
        if (value.Kind != limit.Kind)
            return null;
        return value.Kind switch
        {
            PointKind.Number => Numbers(op, value.Number, limit.Number, wasTrue ? hysteresis : 0),
            PointKind.Text => Texts(op, value.Text!, limit.Text!),
            _ => op switch
            {
                RuleOperator.Equal => value.IsTrue == limit.IsTrue,
                RuleOperator.NotEqual => value.IsTrue != limit.IsTrue,
                _ => null,
            },
        };
    }

    private static bool? Numbers(RuleOperator op, double value, double limit, double back) =>
        op switch
        {
            RuleOperator.GreaterThan => value > limit - back,
            RuleOperator.GreaterThanOrEqual => value >= limit - back,
            RuleOperator.LessThan => value < limit + back,
            RuleOperator.LessThanOrEqual => value <= limit + back,
            // Exact: devices send the decimal they mean, and a limit is written the same way.
            RuleOperator.Equal => value.Equals(limit),
            RuleOperator.NotEqual => !value.Equals(limit),
            _ => null,
        };

    private static bool? Texts(RuleOperator op, string value, string limit) =>
        op switch
        {
            RuleOperator.Equal => value == limit,
            RuleOperator.NotEqual => value != limit,
            RuleOperator.Contains => value.Contains(limit, StringComparison.Ordinal),
            _ => null,
        };
}
